package mecha;

import io.dapr.actors.runtime.ActorRuntime;
import io.dapr.client.DaprClient;
import io.dapr.client.DaprClientBuilder;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/**
 * An app on the official Java SDK with Spring Boot. It is called over HTTP, and uses the API of its sidecar. Prints what it saw, one
 * line each.
 */
@SpringBootApplication(scanBasePackages = {"mecha", "io.dapr.springboot"})
public class App {
  static final String APP_ID = System.getenv("APP_ID");

  public static void main(String[] args) throws Exception {
    ActorRuntime.getInstance().registerActor(CounterActor.class);
    var app = new SpringApplication(App.class);
    app.setDefaultProperties(
        Map.of(
            "server.address", "127.0.0.1",
            "server.port", System.getenv("APP_PORT"),
            "spring.main.banner-mode", "off",
            "logging.level.root", "warn"));
    var context = app.run();
    try (DaprClient dapr = new DaprClientBuilder().build()) {
      dapr.waitForSidecar(30_000).block();
      Blocks.use(dapr);
      Events.use(dapr);
      Actors.use();
      Blocks.watchConfiguration(dapr);
      say("done");
    }
    context.close();
    System.exit(0);
  }

  static void say(Object... words) {
    var line = new StringBuilder();
    for (Object word : words) line.append(line.isEmpty() ? "" : " ").append(word);
    System.out.println(line);
  }
}
