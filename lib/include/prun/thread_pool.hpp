// The same pools with threads of this process, as Python's multiprocessing.pool.ThreadPool and ThreadPoolExecutor. They
// accept any callable, argument and result, and rethrow the original exceptions. A crash ends the whole process.
#pragma once

#include <prun/executor.hpp>
#include <prun/pool.hpp>

namespace prun {

using ThreadPool = BasicPool<detail::ThreadTransport>;
using ThreadPoolExecutor = BasicExecutor<detail::ThreadTransport>;

}  // namespace prun
