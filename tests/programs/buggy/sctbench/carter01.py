"""SCTBench CS/carter01: who waits for the room holds the lock that its owner needs to give it back."""

import threading

ALLOWED = [[0, 0]]
ENDING = "deadlock"
IDIOM = "lock order"
PREEMPTIONS = 1


class Group:
    """The first of a group shuts the other group out, the last one lets it in again."""

    def __init__(self, members, room):
        self.inside = 0
        self.members = members
        self.room = room

    def visit(self):
        with self.members:
            self.inside += 1
            if self.inside == 1:
                self.room.acquire()
        with self.members:
            self.inside -= 1
            if self.inside == 0:
                self.room.release()


def main():
    room, members = threading.Lock(), threading.Lock()
    groups = [Group(members, room) for _ in range(2)]
    threads = [threading.Thread(target=group.visit) for group in groups]
    threads += [threading.Thread(target=pow, args=(2, 2)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [group.inside for group in groups]
