package mecha;

import static mecha.App.say;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dapr.client.DaprClient;
import io.dapr.client.domain.HttpExtension;
import io.dapr.client.domain.State;
import io.dapr.client.domain.TransactionalStateOperation;
import io.dapr.client.domain.TransactionalStateOperation.OperationType;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** Calls of the blocks that need no inbound call. */
final class Blocks {
  static final ObjectMapper JSON = new ObjectMapper();

  @JsonAutoDetect(fieldVisibility = JsonAutoDetect.Visibility.ANY)
  record Order(boolean paid) {}

  private Blocks() {}

  static void use(DaprClient dapr) throws Exception {
    useState(dapr);
    useStores(dapr);
    var doubled = dapr.invokeMethod(App.APP_ID, "double", 21, HttpExtension.POST, Integer.class).block();
    say("invoke", doubled);
    say("nobody answers", fails(() -> dapr.invokeMethod("nobody", "double", 21, HttpExtension.POST).block()));
  }

  private static void useState(DaprClient dapr) throws Exception {
    dapr.saveState("store", "42", new Order(false)).block();
    var etag = dapr.getState("store", "42", Order.class).block().getEtag();
    dapr.saveState("store", "42", etag, new Order(true), null).block();
    say("stale etag refused", fails(() -> dapr.saveState("store", "42", etag, new Order(false), null).block()));
    say("state", JSON.writeValueAsString(dapr.getState("store", "42", Order.class).block().getValue()));

    dapr.saveBulkState("store", List.of(new State<>("a", 1, null), new State<>("b", 2, null))).block();
    dapr.executeStateTransaction(
            "store",
            List.of(
                new TransactionalStateOperation<>(OperationType.UPSERT, new State<>("a", 3, null)),
                new TransactionalStateOperation<>(OperationType.DELETE, new State<>("b"))))
        .block();
    var values = dapr.getBulkState("store", List.of("a", "b"), Integer.class).block();
    say("bulk", valueOf(values, "a"), valueOf(values, "b") == null);
    dapr.deleteState("store", "42").block();
    say("deleted", dapr.getState("store", "42", Order.class).block().getValue() == null);
  }

  private static void useStores(DaprClient dapr) {
    say("secret", dapr.getSecret("vault", "suite-secret").block().get("suite-secret"));
    say("secrets", dapr.getBulkSecret("vault").block().size());
    say("configuration", dapr.getConfiguration("settings", "color").block().getValue());
    say("metadata", dapr.getMetadata().block().getId());
  }

  static void watchConfiguration(DaprClient dapr) throws Exception {
    var blue = new CountDownLatch(1);
    var id = new AtomicReference<String>();
    var subscription =
        dapr.subscribeConfiguration("settings", "color")
            .subscribe(
                response -> {
                  if (id.getAndSet(response.getSubscriptionId()) == null) say("watching the configuration");
                  var color = response.getItems().get("color");
                  if (color != null && color.getValue().equals("blue")) blue.countDown();
                });
    if (blue.await(30, TimeUnit.SECONDS)) say("configuration changed to blue");
    say("unsubscribed", dapr.unsubscribeConfiguration(id.get(), "settings").block().getIsUnsubscribed());
    subscription.dispose();
  }

  private static Integer valueOf(List<State<Integer>> values, String key) {
    return values.stream().filter(value -> value.getKey().equals(key)).findFirst().get().getValue();
  }

  private static boolean fails(Runnable call) {
    try {
      call.run();
      return false;
    } catch (RuntimeException expected) {
      return true;
    }
  }
}
