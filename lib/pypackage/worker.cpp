#include "pypackage/worker.hpp"

#include "function/worker_end.hpp"
#include "pypackage/codec.hpp"
#include "pypackage/python_functions.hpp"

#include <prun/error.hpp>

#include <unistd.h>

#include <csignal>
#include <ctime>
#include <exception>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace prun::pypackage {
namespace {

/// Kills the process at the time limit of a call. The kernel does this, whatever the call is doing.
class CallTimer {
 public:
  void start(double seconds, SharedTable& table, std::uint32_t worker) {
    if (!made_) {
      sigevent event{};
      event.sigev_notify = SIGEV_SIGNAL;
      event.sigev_signo = SIGKILL;
      if (::timer_create(CLOCK_MONOTONIC, &event, &timer_) != 0) return;
      made_ = true;
    }
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    const std::int64_t until =
        std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec + static_cast<std::int64_t>(seconds * 1e9);
    table.note(worker, ::getpid(), until, seconds);
    itimerspec time{};
    time.it_value.tv_sec = static_cast<time_t>(until / 1'000'000'000);
    time.it_value.tv_nsec = static_cast<long>(until % 1'000'000'000);
    ::timer_settime(timer_, TIMER_ABSTIME, &time, nullptr);
  }
  void stop(SharedTable& table, std::uint32_t worker) {
    const itimerspec never{};
    ::timer_settime(timer_, 0, &never, nullptr);
    table.note(worker, ::getpid(), 0, 0);
  }

 private:
  timer_t timer_{};
  bool made_ = false;
};

struct Loaded {
  Callable callable;
  Ref function;
};

/// The state of a worker process.
struct Worker {
  SharedTable* table = nullptr;
  std::uint32_t place = 0;
  void* thread = nullptr;  ///< Python's, while it waits for chunks
  std::unordered_map<std::uint32_t, Loaded> loaded;
  Loaded given;  ///< the function that this chunk contains
  CallTimer timer;
};
Worker* own = nullptr;  // global, because an entry point has no other access to it

/// While it exists, this thread holds the interpreter.
class Turn {
 public:
  Turn() { api.PyEval_RestoreThread(own->thread); }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn() { own->thread = api.PyEval_SaveThread(); }
};

std::string text_at(Object* tuple, Size index) {
  Size size = 0;
  const char* const text = py.PyUnicode_AsUTF8AndSize(py.PyTuple_GetItem(tuple, index), &size);
  if (text == nullptr) py.PyErr_Clear();
  return text == nullptr ? std::string() : std::string(text, static_cast<std::size_t>(size));
}

/// The failure for the current exception.
TaskError failure_of(Object* exception) {
  Failure failure;
  failure.pid = ::getpid();
  const Ref described(py.PyObject_CallFunctionObjArgs(python_functions.describe, exception, nullptr));
  char* bytes = nullptr;
  Size size = 0;
  if (!described || py.PyBytes_AsStringAndSize(py.PyTuple_GetItem(described.get(), 2), &bytes, &size) != 0) {
    py.PyErr_Clear();
    failure.type = "Exception";
    failure.message = "an exception that cannot be described";
    return TaskError(failure);
  }
  failure.type = text_at(described.get(), 0);
  failure.message = text_at(described.get(), 1);
  failure.detail.assign(bytes, static_cast<std::size_t>(size));
  return TaskError(failure);
}

TaskError pending_failure() {
  const Ref exception = take_exception();
  return failure_of(exception.get());
}

Loaded load(const Callable& callable) {
  std::string_view pickle = callable.pickle;
  return {callable, decode(pickle, "the function")};
}

const Loaded& loaded_of(const SharedTable::Found& found) {
  if (found.place == SharedTable::inline_place) {
    own->given = load(found.callable);
    return own->given;
  }
  auto known = own->loaded.find(found.place);
  if (known == own->loaded.end()) known = own->loaded.emplace(found.place, load(found.callable)).first;
  return known->second;
}

Ref call(const Loaded& function, std::string_view& in) {
  switch (function.callable.form) {
    case Callable::Form::item: {
      const Ref item = decode(in, "an argument");
      return checked(call_with_one(function.function.get(), item.get()));
    }
    case Callable::Form::unpacked: {
      const Ref item = decode(in, "an argument");
      const Ref arguments =
          checked(py.PyObject_CallFunctionObjArgs(api.PyTuple_Type, item.get(), nullptr));  // any iterable
      return checked(py.PyObject_Call(function.function.get(), arguments.get(), nullptr));
    }
    case Callable::Form::call: break;
  }
  const Ref arguments = decode(in, "an argument");
  const Ref keywords = decode(in, "an argument");
  return checked(
      py.PyObject_Call(function.function.get(), arguments.get(), keywords.get() == py.none ? nullptr : keywords.get()));
}

void put_result(std::string& out, Object* result, const Callable& callable) {
  try {
    encode(out, result, callable.in_place ? Buffers::in_place : Buffers::for_master);
  } catch (const Raised&) {
    const Ref why = take_exception();
    const Ref exception(py.PyObject_CallFunctionObjArgs(python_functions.unsendable, why.get(), result,
                                                        callable.for_executor ? py.yes : py.no, nullptr));
    if (!exception) throw;
    raise(exception.get());
    throw;
  }
}

void skip_item(const Callable& callable, std::string_view& in) {
  skip(in);
  if (callable.form == Callable::Form::call) skip(in);
}

/// The arguments of a chunk's items, one by one.
class Items {
 public:
  Items(const detail::CallFrame& frame, std::string_view payload) : frame_(&frame), rest_(payload) {}

  void pass(const Callable& callable) {
    if (!frame_->is_range) skip_item(callable, rest_);
  }
  /// Calls the function with the next item. @throws Raised; the item counts as read then
  [[nodiscard]] Ref call_next(const Loaded& function, std::uint32_t index) {
    if (frame_->is_range) {
      const Ref item = checked(py.PyLong_FromLongLong(frame_->range_item(index)));
      return checked(call_with_one(function.function.get(), item.get()));
    }
    const std::string_view item = rest_;
    try {
      return call(function, rest_);
    } catch (const Raised&) {
      rest_ = item;
      skip_item(function.callable, rest_);
      throw;
    }
  }

 private:
  const detail::CallFrame* frame_;
  std::string_view rest_;
};

/// Makes one call. @return its exception, or null and its result
std::exception_ptr run_item(const Loaded& function, Items& items, std::uint32_t index, std::string& result) {
  const double timeout = function.callable.timeout;
  if (timeout > 0) own->timer.start(timeout, *own->table, own->place);
  std::exception_ptr failed;
  try {
    result.clear();
    const Ref returned = items.call_next(function, index);
    put_result(result, returned.get(), function.callable);
  } catch (const Raised&) {
    failed = std::make_exception_ptr(pending_failure());
  }
  if (timeout > 0) own->timer.stop(*own->table, own->place);
  return failed;
}

/// Flushes printed text, because a worker that is killed later cannot.
void flush() {
  const Ref flushed(py.PyObject_CallFunctionObjArgs(python_functions.call_ended, nullptr));
  if (!flushed) py.PyErr_Clear();
}

void fail_all(detail::CallFrame& frame, const std::exception_ptr& why) {
  for (std::uint32_t i = frame.first; i < frame.last; ++i) {
    if (frame.begin(i)) frame.failed(why);
  }
}

}  // namespace

void run_chunk(detail::CallFrame& frame) {
  const Turn turn;
  std::string_view in = frame.payload;
  const SharedTable::Found found = own->table->take(in);
  const Loaded* function = nullptr;
  try {
    function = &loaded_of(found);
  } catch (const Raised&) {
    fail_all(frame, std::make_exception_ptr(pending_failure()));
    return;
  }
  Items items(frame, in);
  std::string result;
  for (std::uint32_t i = 0; i < frame.last; ++i) {
    if (i < frame.first || !frame.begin(i)) {
      items.pass(function->callable);
      continue;
    }
    const std::exception_ptr failed = run_item(*function, items, i, result);
    if (i + 1 == frame.last) flush();  // before the last outcome is sent, which ends the chunk
    failed ? frame.failed(failed) : frame.value(result.data(), result.size());
  }
}

void begin_worker(SharedTable& table, std::uint32_t worker, Object* initializer, Object* arguments) {
  own = new Worker;  // as long as the process
  own->table = &table;
  own->place = worker;
  const Ref began(py.PyObject_CallFunctionObjArgs(python_functions.worker_began, initializer, arguments, nullptr));
  const auto end = [] {
    const Ref ended(py.PyObject_CallFunctionObjArgs(python_functions.worker_ends, nullptr));
    if (!ended) py.PyErr_Clear();
  };
  if (!began) {
    TaskError failure = pending_failure();
    end();
    throw TaskError(std::move(failure));
  }
  at_worker_end([end] {
    const Turn turn;
    end();
  });
  own->thread = api.PyEval_SaveThread();
}

}  // namespace prun::pypackage
