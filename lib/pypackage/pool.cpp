#include "pypackage/pool.hpp"

#include "pypackage/codec.hpp"
#include "pypackage/python_functions.hpp"
#include "pypackage/worker.hpp"
#include "sys/cpu_budget.hpp"
#include "worker/worker_process.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

namespace prun::pypackage {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds between_signals{50};

// After a fork, Python knows the copy of the forking thread only if this thread held the interpreter.
bool forks_with_interpreter = false;

void run_anew(const PoolOptions& options, const SharedTable& table) {
  const worker::Seat& seat = worker::own_seat();
  const int region = seat.region->memory().fd();
  std::vector<std::string> words = options.words;
  for (const auto number : {std::uint64_t(region), std::uint64_t(table.fd()), std::uint64_t{seat.worker},
                            reinterpret_cast<std::uint64_t>(&run_chunk)}) {
    words.push_back(std::to_string(number));
  }
  std::vector<int> keep = options.keep;
  keep.insert(keep.end(), {region, table.fd(), seat.region->header().event_fd});
  execute_worker(words, keep);
}

void begin(const PoolOptions& options, SharedTable& table) {
  if (!options.words.empty()) run_anew(options, table);
  if (!forks_with_interpreter) {
    throw std::runtime_error(
        "the process that forks workers died, and another cannot be forked: use start method spawn");
  }
  api.PyOS_AfterFork_Child();
  begin_worker(table, worker::own_seat().worker, options.initializer.get(), options.arguments.get());
}

class Forking {
 public:
  Forking() {
    api.PyOS_BeforeFork();
    forks_with_interpreter = true;
  }
  Forking(const Forking&) = delete;
  Forking& operator=(const Forking&) = delete;
  ~Forking() {
    forks_with_interpreter = false;
    api.PyOS_AfterFork_Parent();
  }
};

}  // namespace

Pool::Pool(PoolOptions options) : options_(std::move(options)) {
  detail::PoolCore::Options core = std::move(options_.core);
  if (core.workers == 0) core.workers = sys::cpu_budget();
  table_ = std::make_unique<SharedTable>(core.workers);
  core.initializer = [this] { begin(options_, *table_); };
  const Forking forking;
  detail::PoolCore::make(core_, std::move(core));
}

Pool::~Pool() {
  const Released others;
  core_.reset();
}

detail::PoolCore::Lock Pool::lock() const {
  if (auto lock = core_->try_lock(); lock.owns_lock()) return lock;
  const Released others;
  return core_->lock();
}

bool Pool::wait(const std::function<bool()>& done, std::optional<double> seconds) const {
  constexpr double longest = 1e9;
  const auto end = Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(
                                      std::clamp(seconds.value_or(longest), 0.0, longest)));
  for (;;) {
    bool is_done = false;
    {
      const Released others;
      auto lock = core_->lock();
      is_done = core_->wait(lock, done, std::min(end, Clock::now() + between_signals));
    }
    if (is_done) return true;
    if (api.PyErr_CheckSignals() != 0) throw Raised{};
    if (Clock::now() >= end) return false;
  }
}

Ref exception_of(const Failure& failure, bool for_executor) {
  Object* const executor = for_executor ? py.yes : py.no;
  if (failure.kind == FailureKind::exception && !failure.detail.empty()) {
    const Ref bytes =
        checked(py.PyBytes_FromStringAndSize(failure.detail.data(), static_cast<Size>(failure.detail.size())));
    return checked(py.PyObject_CallFunctionObjArgs(python_functions.rebuild, bytes.get(), executor, nullptr));
  }
  const auto text = [](std::string_view of) {
    return checked(py.PyUnicode_DecodeUTF8(of.data(), static_cast<Size>(of.size()), "replace"));
  };
  const Ref kind = text(name_of(failure.kind));
  const Ref message = text(failure.message);
  const Ref pid = checked(py.PyLong_FromLongLong(failure.pid));
  const Ref signal = checked(py.PyLong_FromLongLong(failure.signal));
  const Ref status = checked(py.PyLong_FromLongLong(failure.exit_status));
  const Ref detail =
      checked(py.PyBytes_FromStringAndSize(failure.detail.data(), static_cast<Size>(failure.detail.size())));
  return checked(py.PyObject_CallFunctionObjArgs(python_functions.failed, kind.get(), message.get(), pid.get(),
                                                 signal.get(), status.get(), detail.get(), executor, nullptr));
}

Ref result_of(const Outcome& outcome, bool for_executor) {
  if (const Failure* failure = outcome.failure()) {
    const Ref exception = exception_of(*failure, for_executor);
    raise(exception.get());
    throw Raised{};
  }
  std::string_view in = outcome.value();
  return decode(in, "the result");
}

Failure unsendable() {
  const Ref exception = take_exception();
  const Ref described =
      checked(py.PyObject_CallFunctionObjArgs(python_functions.describe, exception.get(), py.no, nullptr));
  char* bytes = nullptr;
  Size size = 0;
  if (py.PyBytes_AsStringAndSize(py.PyTuple_GetItem(described.get(), 2), &bytes, &size) != 0) throw Raised{};
  Failure failure;
  failure.type = "PicklingError";
  failure.detail.assign(bytes, static_cast<std::size_t>(size));
  return failure;
}

}  // namespace prun::pypackage
