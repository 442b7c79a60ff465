package mecha;

import io.dapr.actors.ActorId;
import io.dapr.actors.runtime.AbstractActor;
import io.dapr.actors.runtime.ActorRuntimeContext;
import io.dapr.actors.runtime.Remindable;
import io.dapr.utils.TypeRef;
import java.time.Duration;
import reactor.core.publisher.Mono;

/** The actor as the SDK hosts it. */
public class CounterActor extends AbstractActor implements Counter, Remindable<String> {
  private static final Duration SOON = Duration.ofMillis(10);
  private static final Duration HOUR = Duration.ofHours(1);

  public CounterActor(ActorRuntimeContext<CounterActor> context, ActorId id) {
    super(context, id);
  }

  @Override
  public Mono<Integer> add(int step) {
    return sum().flatMap(sum -> getActorStateManager().set("sum", sum + step).thenReturn(sum + step));
  }

  @Override
  public Mono<Integer> sum() {
    var state = getActorStateManager();
    return state.contains("sum").flatMap(isThere -> isThere ? state.get("sum", Integer.class) : Mono.just(0));
  }

  @Override
  public Mono<Void> wakeMe(String text) {
    return registerReminder("wake", text, SOON, HOUR);
  }

  @Override
  public Mono<Void> ringMe(String text) {
    return registerActorTimer("soon", "ring", text, SOON, HOUR).then();
  }

  @Override
  public Mono<Void> ring(String text) {
    return Mono.fromRunnable(() -> Actors.RUNG.add("timer " + text));
  }

  @Override
  public TypeRef<String> getStateType() {
    return TypeRef.STRING;
  }

  @Override
  public Mono<Void> receiveReminder(String name, String text, Duration dueTime, Duration period) {
    Actors.RUNG.add("reminder " + name + " " + text);
    return unregisterReminder(name);
  }
}
