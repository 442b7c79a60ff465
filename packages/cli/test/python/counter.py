"""An actor that counts in its state, and calls of it."""

import asyncio
import datetime
import queue

from dapr.actor import Actor, ActorId, ActorInterface, ActorProxy, Remindable, actormethod

from blocks import say
from events import received

rung: "queue.Queue[str]" = queue.Queue()
soon = datetime.timedelta(milliseconds=10)
hour = datetime.timedelta(hours=1)


class CounterInterface(ActorInterface):
    @actormethod(name="add")
    async def add(self, step: int) -> int: ...

    @actormethod(name="sum")
    async def sum(self) -> int: ...

    @actormethod(name="wakeMe")
    async def wake_me(self, text: str) -> None: ...

    @actormethod(name="ringMe")
    async def ring_me(self, text: str) -> None: ...


class Counter(Actor, CounterInterface, Remindable):
    async def add(self, step: int) -> int:
        total = await self.sum() + step
        await self._state_manager.set_state("sum", total)
        return total

    async def sum(self) -> int:
        is_there, total = await self._state_manager.try_get_state("sum")
        return total if is_there else 0

    async def wake_me(self, text: str) -> None:
        await self.register_reminder("wake", text.encode(), soon, hour)

    async def ring_me(self, text: str) -> None:
        await self.register_timer("soon", self.ring, text, soon, hour)

    async def ring(self, text: str) -> None:
        rung.put(f"timer {text}")

    async def receive_reminder(self, name, state, due_time, period, ttl=None) -> None:
        rung.put(f"reminder {name} {state.decode()}")
        await self.unregister_reminder(name)


def use_actors() -> None:
    asyncio.run(call_actor())


async def call_actor() -> None:
    proxy = ActorProxy.create("Counter", ActorId("one"), CounterInterface)
    await proxy.add(40)
    say("actor", await proxy.add(2))
    say("actor state", await proxy.sum())
    await proxy.wakeMe("hello")
    say(await asyncio.to_thread(received, rung))
    await proxy.ringMe("hi")
    say(await asyncio.to_thread(received, rung))
