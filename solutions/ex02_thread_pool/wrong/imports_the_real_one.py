# fails: ?
# takes the pool from where it may not be taken

from concurrent.futures import Future, ThreadPoolExecutor


class ThreadPool(ThreadPoolExecutor):
    def __init__(self, max_workers):
        super().__init__(max_workers)
