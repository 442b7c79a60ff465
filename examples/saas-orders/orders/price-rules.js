"use strict";

const fs = require("node:fs");
const path = require("node:path");
const { NacosConfigClient } = require("nacos");
const logger = require("../lib/logger");

const DEFAULTS = path.join(__dirname, "..", "data", "price-rules.json");

/** The price rules from Nacos, kept up to date. `onChange(rules)` runs at the first rules and at each change. */
function createPriceRules(options, onChange) {
  const client = new NacosConfigClient({ serverAddr: options.serverAddr });
  client.on("error", (error) => logger.error(`nacos: ${error.message}`));

  let rules;
  let onFirstRules;
  const firstRules = new Promise((resolve) => {
    onFirstRules = resolve;
  });

  async function receive(content) {
    if (!content) return; // removed: the last known rules stay in force
    try {
      rules = JSON.parse(content);
      await onChange(rules); // only now: whoever hears of the revision may rely on its prices
      onFirstRules();
      logger.info(`price rules: revision ${rules.revision}`);
    } catch (error) {
      logger.error(`price rules: ${error.message}`);
    }
  }

  async function publish(content) {
    const published = await client.publishSingle(options.priceRules, options.group, content, { type: "json" });
    if (!published) throw new Error("Nacos did not take the price rules");
  }

  return {
    /** Resolves when there are rules. The very first start of an environment publishes the regular prices. */
    async start() {
      await client.ready();
      if (!(await client.getConfig(options.priceRules, options.group)))
        await publish(fs.readFileSync(DEFAULTS, "utf8"));
      client.subscribe({ dataId: options.priceRules, group: options.group }, receive);
      await firstRules;
    },
    current: () => rules,
    publish: (document) => publish(JSON.stringify(document)),
    close: () => client.close(),
  };
}

module.exports = { createPriceRules };
