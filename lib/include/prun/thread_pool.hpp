// The same pools over threads of this process, as Python's multiprocessing.pool.ThreadPool and ThreadPoolExecutor. Any
// callable, arguments and results will do, and exceptions come back as they were thrown; but a crash is everybody's.
#pragma once

#include <prun/executor.hpp>
#include <prun/pool.hpp>

namespace prun {

using ThreadPool = BasicPool<detail::ThreadTransport>;
using ThreadPoolExecutor = BasicExecutor<detail::ThreadTransport>;

}  // namespace prun
