package mecha;

import io.dapr.actors.ActorMethod;
import io.dapr.actors.ActorType;
import reactor.core.publisher.Mono;

/** An actor that counts in its state. */
@ActorType(name = "Counter")
public interface Counter {
  @ActorMethod(returns = Integer.class)
  Mono<Integer> add(int step);

  @ActorMethod(returns = Integer.class)
  Mono<Integer> sum();

  Mono<Void> wakeMe(String text);

  Mono<Void> ringMe(String text);

  /** What the timer calls. */
  Mono<Void> ring(String text);
}
