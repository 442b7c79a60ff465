package mecha;

import static mecha.App.say;

import io.dapr.Topic;
import io.dapr.client.DaprClient;
import io.dapr.client.DaprClientBuilder;
import io.dapr.client.SubscriptionListener;
import io.dapr.client.domain.CloudEvent;
import io.dapr.utils.TypeRef;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** What the sidecar calls, and what makes it call. */
@RestController
class Events {
  static final BlockingQueue<String> PAID = new LinkedBlockingQueue<>();

  @PostMapping("/double")
  int doubled(@RequestBody int number) {
    return number * 2;
  }

  @Topic(pubsubName = "events", name = "paid")
  @PostMapping("/paid")
  void paid(@RequestBody CloudEvent<Map<String, Integer>> event) throws Exception {
    PAID.add(Blocks.JSON.writeValueAsString(event.getData()));
  }

  static void use(DaprClient dapr) throws Exception {
    dapr.publishEvent("events", "paid", Map.of("n", 1)).block();
    say("event", next(PAID));
    try (var preview = new DaprClientBuilder().buildPreviewClient()) {
      preview
          .publishEvents("events", "paid", "application/json", List.of(Map.of("n", 2), Map.of("n", 3)))
          .block();
      say("events", Stream.of(next(PAID), next(PAID)).sorted().collect(Collectors.joining(" ")));

      // The subscription that the app opens itself: no port is needed for it. The first delivery is refused, so that a second comes.
      var streamed = new LinkedBlockingQueue<String>();
      var isFirst = new AtomicBoolean(true);
      var listener =
          new SubscriptionListener<Map<String, Integer>>() {
            @Override
            public Mono<Status> onEvent(CloudEvent<Map<String, Integer>> event) {
              if (isFirst.getAndSet(false)) return Mono.just(Status.RETRY);
              streamed.add(event.getData().toString());
              return Mono.just(Status.SUCCESS);
            }

            @Override
            public void onError(RuntimeException error) {
              say("the stream failed:", error);
            }
          };
      var subscription =
          preview.subscribeToEvents("events", "streamed", listener, new TypeRef<Map<String, Integer>>() {});
      // The SDK does not tell when the subscription stands.
      for (int tries = 0; streamed.isEmpty() && tries < 100; tries++) {
        dapr.publishEvent("events", "streamed", Map.of("n", 4)).block();
        Thread.sleep(100);
      }
      say("streamed", next(streamed));
      subscription.close();
    }
  }

  static String next(BlockingQueue<String> queue) throws InterruptedException {
    return queue.poll(30, TimeUnit.SECONDS);
  }
}
