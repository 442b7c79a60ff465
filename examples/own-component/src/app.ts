import { connect } from "@mecha/sdk-core";

await using mecha = await connect();
const orders = mecha.state<{ readonly paid: boolean }>("orders");
await orders.save("42", { paid: true });
console.log((await orders.get("42"))?.value, (await mecha.metadata()).components[0]?.type);
