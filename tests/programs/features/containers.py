"""Operations on each kind of container."""

import threading
from collections import Counter, OrderedDict, defaultdict, deque


def main():
    lock, numbers, places, seen = threading.RLock(), [], {}, set()
    last, counted, counter, ordered = deque(maxlen=2), defaultdict(int), Counter(), OrderedDict()

    def work(n):
        nonlocal numbers, seen
        with lock:
            numbers.append(n)
            numbers += [n]
            numbers[0:0] = [n]
            places[n] = n
            places.setdefault(9, []).append(n)
            seen.add(n)
            seen |= {n + 10}
            last.append(n)
            last.appendleft(n)
            counted[n] += 1
            counter[n] += 2
            counter.update([n])
            ordered[n] = 1
            ordered.move_to_end(n)

    threads = [threading.Thread(target=work, args=(n,)) for n in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [
        sorted(numbers),
        sorted(places),
        len(places[9]),
        sorted(seen),
        len(last),
        1 in numbers,
        3 not in places,
        {a: b for a, b in sorted(counted.items()) if b},
        sorted(counter.items()),
        len(ordered),
        sum(n for n in numbers),
        numbers[0] in numbers[1:],
        max(numbers),
        any(seen),
        sorted(places.keys()),
        list(reversed(last)) == list(last)[::-1],
    ]
