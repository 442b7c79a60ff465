package mecha;

import static mecha.App.say;

import io.dapr.actors.ActorId;
import io.dapr.actors.client.ActorClient;
import io.dapr.actors.client.ActorProxyBuilder;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** Calls of actors, which this same app hosts. */
final class Actors {
  static final BlockingQueue<String> RUNG = new LinkedBlockingQueue<>();

  private Actors() {}

  static void use() throws Exception {
    try (var client = new ActorClient()) {
      var counter = new ActorProxyBuilder<>(Counter.class, client).build(new ActorId("one"));
      counter.add(40).block();
      say("actor", counter.add(2).block());
      say("actor state", counter.sum().block());
      counter.wakeMe("hello").block();
      say(Events.next(RUNG));
      counter.ringMe("hi").block();
      say(Events.next(RUNG));
    }
  }
}
