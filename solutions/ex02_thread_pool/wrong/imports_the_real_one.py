# fails: gives_results (forbidden), refuses_what_it_must (forbidden), a_timeout_is_kept (forbidden), callbacks (forbidden), runs_every_task_once (forbidden), uses_all_its_workers (forbidden), threads_are_used_again (forbidden), a_task_that_raises (forbidden), shutdown_runs_what_is_queued (forbidden), waits_by_blocking (forbidden), leaves_no_thread_behind (forbidden), submit_meets_shutdown (forbidden), callback_meets_the_end (forbidden), a_task_uses_the_pool (forbidden), tasks_that_wait_for_each_other_meet (forbidden), whatever_a_task_raises (forbidden)
# takes the pool from where it may not be taken

from concurrent.futures import Future, ThreadPoolExecutor


class ThreadPool(ThreadPoolExecutor):
    def __init__(self, max_workers):
        super().__init__(max_workers)
