// prun._engine: what Python sees of the pool. Functions of capsules; the classes round them are Python's (prun/*.py).
#include "pypackage/api.hpp"
#include "pypackage/codec.hpp"
#include "pypackage/helpers.hpp"
#include "pypackage/pool.hpp"
#include "pypackage/stream.hpp"
#include "pypackage/worker.hpp"

#include <prun/error.hpp>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <exception>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace prun::pypackage {

Helpers helpers;

namespace {

constexpr const char* pool_name = "prun.pool";
constexpr const char* call_name = "prun.call";
constexpr const char* stream_name = "prun.stream";

using Arguments = Object* const*;

struct Call {
  std::shared_ptr<Pool> pool;
  std::shared_ptr<CallJob> job;
};
using PoolPlace = std::shared_ptr<Pool>;

template <class T>
T& opened(Object* capsule, const char* name) {
  void* const place = api.PyCapsule_GetPointer(capsule, name);
  if (place == nullptr) throw Raised{};
  return *static_cast<T*>(place);
}

template <class T, const char* const& Name>
Object* capsule_of(std::unique_ptr<T> value) {
  Object* const capsule = api.PyCapsule_New(value.get(), Name, [](Object* of) {
    delete static_cast<T*>(api.PyCapsule_GetPointer(of, Name));  // NOLINT(cppcoreguidelines-owning-memory)
  });
  if (capsule != nullptr) static_cast<void>(value.release());
  return capsule;
}

void raise_failed(const char* kind, const char* message) {
  Failure failure;
  failure.message = message;
  failure.kind = std::string_view(kind) == "broken" ? FailureKind::worker_start : FailureKind::cancelled;
  raise(exception_of(failure, true).get());
}

/// @return null with a Python exception for whatever `body` throws
template <class Body>
Object* guarded(Body body) {
  try {
    return body();
  } catch (const Raised&) {
  } catch (const BrokenPoolError& error) {
    raise_failed("broken", error.what());
  } catch (const std::bad_alloc&) {
    api.PyErr_NoMemory();
  } catch (const std::system_error& error) {
    const Ref code(py.PyLong_FromLongLong(error.code().value()));
    const Ref text(py.PyUnicode_DecodeUTF8(error.what(), static_cast<Size>(std::strlen(error.what())), "replace"));
    const Ref exception(py.PyObject_CallFunctionObjArgs(*api.PyExc_OSError, code.get(), text.get(), nullptr));
    if (exception) raise(exception.get());
  } catch (const MisuseError& error) {
    api.PyErr_SetString(*api.PyExc_ValueError, error.what());
  } catch (const std::exception& error) {
    api.PyErr_SetString(*api.PyExc_RuntimeError, error.what());
  }
  return nullptr;
}

Object* none() { return new_ref(py.none).release(); }
Object* truth(bool value) { return new_ref(value ? py.yes : py.no).release(); }
bool is_true(Object* object) { return api.PyObject_IsTrue(object) == 1; }

std::uint64_t number(Object* object) {
  const unsigned long long value = py.PyLong_AsUnsignedLongLong(object);
  if (py.PyErr_Occurred() != nullptr) throw Raised{};
  return value;
}

std::optional<double> seconds(Object* object) {
  if (object == py.none) return std::nullopt;
  const double value = py.PyFloat_AsDouble(object);
  if (py.PyErr_Occurred() != nullptr) throw Raised{};
  return value;
}

std::string_view bytes(Object* object) {
  char* data = nullptr;
  Size size = 0;
  if (py.PyBytes_AsStringAndSize(object, &data, &size) != 0) throw Raised{};
  return {data, static_cast<std::size_t>(size)};
}

std::string text(Object* object) {
  Size size = 0;
  const char* const data = py.PyUnicode_AsUTF8AndSize(object, &size);
  if (data == nullptr) throw Raised{};
  return {data, static_cast<std::size_t>(size)};
}

// (helpers): a tuple, see helpers.hpp
Object* configure(Object*, Arguments args, Size) {
  py.Py_IncRef(args[0]);
  std::array<Object**, 10> places{&helpers.dump,        &helpers.load,       &helpers.describe, &helpers.rebuild,
                                  &helpers.unsendable,  &helpers.unreadable, &helpers.failed,   &helpers.worker_began,
                                  &helpers.worker_ends, &helpers.call_ended};
  for (std::size_t i = 0; i < places.size(); ++i) *places[i] = py.PyTuple_GetItem(args[0], static_cast<Size>(i));
  return none();
}

// (workers, on_demand, max_tasks, memory, cpu_us, initializer, arguments, words, keep): words is None where workers are forked
Object* pool_new(Object*, Arguments args, Size) {
  return guarded([&] {
    PoolOptions options;
    options.core.workers = static_cast<std::uint32_t>(number(args[0]));
    options.core.on_demand = is_true(args[1]);
    options.core.max_tasks_per_child = number(args[2]);
    options.core.memory_limit = number(args[3]);
    options.core.cpu_time_limit = std::chrono::microseconds(static_cast<std::int64_t>(number(args[4])));
    options.initializer = new_ref(args[5]);
    options.arguments = new_ref(args[6]);
    for (Size i = 0; args[7] != py.none && i < py.PyList_Size(args[7]); ++i) {
      options.words.push_back(text(py.PyList_GetItem(args[7], i)));
    }
    for (Size i = 0; i < py.PyList_Size(args[8]); ++i) {
      options.keep.push_back(static_cast<int>(number(py.PyList_GetItem(args[8], i))));
    }
    return capsule_of<PoolPlace, pool_name>(std::make_unique<PoolPlace>(std::make_shared<Pool>(std::move(options))));
  });
}

Pool& pool_of(Object* capsule) { return *opened<PoolPlace>(capsule, pool_name); }

Object* pool_workers(Object*, Arguments args, Size) {
  return guarded([&] { return py.PyLong_FromLongLong(pool_of(args[0]).core().workers()); });
}

// (pool): raises where it takes no new calls
Object* pool_check(Object*, Arguments args, Size) {
  return guarded([&] {
    const Pool& pool = pool_of(args[0]);
    auto lock = pool.lock();
    pool.core().require_open(lock);
    return none();
  });
}

Object* pool_close(Object*, Arguments args, Size) {
  return guarded([&] {
    pool_of(args[0]).released([](auto& core) { core.close(); });
    return none();
  });
}

Object* pool_join(Object*, Arguments args, Size) {
  return guarded([&] {
    pool_of(args[0]).released([](auto& core) { core.join(); });
    return none();
  });
}

Object* pool_terminate(Object*, Arguments args, Size) {
  return guarded([&] {
    Pool& pool = pool_of(args[0]);
    pool.mark_ended();
    pool.released([](auto& core) { core.terminate(); });
    return none();
  });
}

Object* pool_cancel_pending(Object*, Arguments args, Size) {
  return guarded([&] {
    Pool& pool = pool_of(args[0]);
    pool.mark_ended();
    pool.released([](auto& core) { core.cancel_pending(); });
    return none();
  });
}

// (pool, signal)
Object* pool_end_workers(Object*, Arguments args, Size) {
  return guarded([&] {
    const int signal = static_cast<int>(number(args[1]));
    Pool& pool = pool_of(args[0]);
    pool.mark_ended();
    pool.released([signal](auto& core) { core.end_workers(signal); });
    return none();
  });
}

Object* pool_pids(Object*, Arguments args, Size) {
  return guarded([&] {
    std::vector<std::int32_t> pids;
    pool_of(args[0]).released([&pids](auto& core) { pids = core.worker_pids(); });
    Ref list = checked(py.PyList_New(0));
    for (const std::int32_t pid : pids) {
      const Ref one = checked(py.PyLong_FromLongLong(pid));
      if (api.PyList_Append(list.get(), one.get()) != 0) throw Raised{};
    }
    return list.release();
  });
}

// (pool, pickle, form, for_executor, by_name, timeout): bytes
Object* prefix(Object*, Arguments args, Size) {
  return guarded([&] {
    const std::string_view pickle = bytes(args[1]);
    std::string coded(1, 'P');
    const std::uint64_t size = pickle.size();
    coded.append(reinterpret_cast<const char*>(&size), sizeof size).append(pickle);
    Callable callable;
    callable.form = static_cast<Callable::Form>(number(args[2]));
    callable.for_executor = is_true(args[3]);
    callable.by_name = is_true(args[4]);
    callable.timeout = seconds(args[5]).value_or(0);
    callable.pickle = coded;
    const std::string made = pool_of(args[0]).table().prefix_of(callable);
    return py.PyBytes_FromStringAndSize(made.data(), static_cast<Size>(made.size()));
  });
}

// (pool, prefix, args, kwargs or None, retries): a call. Raises where an argument cannot be pickled.
Object* call_new(Object*, Arguments args, Size) {
  return guarded([&] {
    const PoolPlace& pool = opened<PoolPlace>(args[0], pool_name);
    std::string payload(bytes(args[1]));
    encode(payload, args[2]);
    encode(payload, args[3]);
    auto job = std::make_shared<CallJob>(pool->core(), pool->table(), std::move(payload),
                                         static_cast<std::uint32_t>(number(args[4])));
    {
      auto lock = pool->lock();
      pool->core().submit(lock, job);
    }
    return capsule_of<Call, call_name>(std::make_unique<Call>(Call{pool, std::move(job)}));
  });
}

Call& call_of(Object* capsule) { return opened<Call>(capsule, call_name); }

// (call): 0 not ended, 1 ended, 2 cancelled
Object* call_state(Object*, Arguments args, Size) {
  return guarded([&] {
    const CallJob& job = *call_of(args[0]).job;
    return py.PyLong_FromLongLong(!job.ended() ? 0 : job.is_cancelled() ? 2 : 1);
  });
}

bool wait_for(const Call& call, Object* timeout) {
  const CallJob& job = *call.job;
  return job.ended() || call.pool->wait([&job] { return job.ended(); }, seconds(timeout));
}

// (call, seconds or None): whether it has ended
Object* call_wait(Object*, Arguments args, Size) {
  return guarded([&] { return truth(wait_for(call_of(args[0]), args[1])); });
}

// (call, for_executor): what it returned, or raises
Object* call_result(Object*, Arguments args, Size) {
  return guarded([&] { return result_of(call_of(args[0]).job->outcome(), is_true(args[1])).release(); });
}

Object* call_running(Object*, Arguments args, Size) {
  return guarded([&] {
    const Call& call = call_of(args[0]);
    auto lock = call.pool->lock();
    return truth(!call.job->ended() && call.pool->core().running(lock, *call.job, 0));
  });
}

Object* call_cancel(Object*, Arguments args, Size) {
  return guarded([&] {
    const Call& call = call_of(args[0]);
    auto lock = call.pool->lock();
    if (!call.job->ended()) call.pool->core().cancel(lock, *call.job);
    return truth(call.job->ended() && call.job->is_cancelled());
  });
}

bool watch(Pool& pool, WatchedJob& job, Object* watcher) {
  Ref own = new_ref(watcher);
  auto lock = pool.lock();
  if (!job.watch(own.get())) return false;
  static_cast<void>(own.release());
  return true;
}

// (call, callable): false where it has ended already, and nothing will be called
Object* call_watch(Object*, Arguments args, Size) {
  return guarded([&] {
    const Call& call = call_of(args[0]);
    return truth(watch(*call.pool, *call.job, args[1]));
  });
}

// (pool, prefix, chunksize or 0, ordered, window, retries, for_executor): a stream; 0: as long as the calls' times suggest
Object* stream_new(Object*, Arguments args, Size) {
  return guarded([&] {
    const PoolPlace& pool = opened<PoolPlace>(args[0], pool_name);
    const auto chunksize = static_cast<std::uint32_t>(number(args[2]));
    StreamJob::Options options;
    options.prefix = bytes(args[1]);
    options.automatic = chunksize == 0;
    options.ordered = is_true(args[3]);
    options.window = number(args[4]);
    options.retries = static_cast<std::uint32_t>(number(args[5]));
    options.workers = pool->core().workers();
    return capsule_of<Stream, stream_name>(
        std::make_unique<Stream>(pool, std::move(options), chunksize == 0 ? 1 : chunksize, is_true(args[6])));
  });
}

Stream& stream_of(Object* capsule) { return opened<Stream>(capsule, stream_name); }

// (stream, iterator, most): whether there is more to read
Object* stream_fill(Object*, Arguments args, Size) {
  return guarded([&] { return truth(stream_of(args[0]).fill(args[1], number(args[2]))); });
}

// (stream, list of items): whether more is to be read
Object* stream_feed(Object*, Arguments args, Size) {
  return guarded([&] { return truth(stream_of(args[0]).feed(args[1])); });
}

// (stream, error of the input or None): nothing more is read
Object* stream_end(Object*, Arguments args, Size) {
  return guarded([&] {
    stream_of(args[0]).end_input(args[1] == py.none ? Ref() : new_ref(args[1]));
    return none();
  });
}

Object* stream_lift_window(Object*, Arguments args, Size) {
  return guarded([&] {
    Stream& stream = stream_of(args[0]);
    auto lock = stream.pool().lock();
    stream.job().lift_window();
    stream.pool().core().settled();
    return none();
  });
}

// (stream, iterator or None, seconds or None, class of the error at the end of the time)
Object* stream_next(Object*, Arguments args, Size) {
  return guarded([&] {
    Object* const iterator = args[1] == py.none ? nullptr : args[1];
    return stream_of(args[0]).next(iterator, seconds(args[2]), args[3]).release();
  });
}

Object* stream_complete(Object*, Arguments args, Size) {
  return guarded([&] { return truth(stream_of(args[0]).job().ended()); });
}

// (stream, seconds or None): whether all results are there
Object* stream_wait(Object*, Arguments args, Size) {
  return guarded([&] {
    Stream& stream = stream_of(args[0]);
    const StreamJob& job = stream.job();
    return truth(job.ended() || stream.pool().wait([&job] { return job.ended(); }, seconds(args[1])));
  });
}

Object* stream_collect(Object*, Arguments args, Size) {
  return guarded([&] { return stream_of(args[0]).collect().release(); });
}

Object* stream_watch(Object*, Arguments args, Size) {
  return guarded([&] {
    Stream& stream = stream_of(args[0]);
    return truth(watch(stream.pool(), stream.job(), args[1]));
  });
}

Object* stream_cancel(Object*, Arguments args, Size) {
  return guarded([&] {
    stream_of(args[0]).cancel();
    return none();
  });
}

// (region, table, worker, entry, initializer, arguments): works until it is told to stop
Object* worker_serve(Object*, Arguments args, Size) {
  return guarded([&] {
    serve({static_cast<int>(number(args[0])), static_cast<int>(number(args[1])),
           static_cast<std::uint32_t>(number(args[2])), number(args[3])},
          args[4], args[5]);
    return none();
  });
}

std::array<Method, 31> methods{{
    {"configure", configure, fastcall, nullptr},
    {"pool_new", pool_new, fastcall, nullptr},
    {"pool_workers", pool_workers, fastcall, nullptr},
    {"pool_check", pool_check, fastcall, nullptr},
    {"pool_close", pool_close, fastcall, nullptr},
    {"pool_join", pool_join, fastcall, nullptr},
    {"pool_terminate", pool_terminate, fastcall, nullptr},
    {"pool_cancel_pending", pool_cancel_pending, fastcall, nullptr},
    {"pool_end_workers", pool_end_workers, fastcall, nullptr},
    {"pool_pids", pool_pids, fastcall, nullptr},
    {"prefix", prefix, fastcall, nullptr},
    {"call_new", call_new, fastcall, nullptr},
    {"call_state", call_state, fastcall, nullptr},
    {"call_wait", call_wait, fastcall, nullptr},
    {"call_result", call_result, fastcall, nullptr},
    {"call_running", call_running, fastcall, nullptr},
    {"call_cancel", call_cancel, fastcall, nullptr},
    {"call_watch", call_watch, fastcall, nullptr},
    {"stream_new", stream_new, fastcall, nullptr},
    {"stream_fill", stream_fill, fastcall, nullptr},
    {"stream_feed", stream_feed, fastcall, nullptr},
    {"stream_end", stream_end, fastcall, nullptr},
    {"stream_lift_window", stream_lift_window, fastcall, nullptr},
    {"stream_next", stream_next, fastcall, nullptr},
    {"stream_complete", stream_complete, fastcall, nullptr},
    {"stream_wait", stream_wait, fastcall, nullptr},
    {"stream_collect", stream_collect, fastcall, nullptr},
    {"stream_watch", stream_watch, fastcall, nullptr},
    {"stream_cancel", stream_cancel, fastcall, nullptr},
    {"worker_serve", worker_serve, fastcall, nullptr},
    {},
}};

/// PyModuleDef. What stands in front of its own members is an object's head, whose size depends on the interpreter's kind.
std::array<std::uintptr_t, 16> definition{};

void* define() {
  constexpr std::size_t word = sizeof(std::uintptr_t);
  const std::size_t head = api.type_offset / word + 1;
  if (api.counts_references) {
    definition[0] = 1;
  } else {
    definition[1] = std::uintptr_t{UINT32_MAX} << 32;  // never freed
  }
  std::uintptr_t* const members = definition.data() + head + 3;  // behind m_init, m_index and m_copy
  members[0] = reinterpret_cast<std::uintptr_t>("prun._engine");
  members[2] = static_cast<std::uintptr_t>(-1);  // m_size: it keeps its state in globals
  members[3] = reinterpret_cast<std::uintptr_t>(methods.data());
  return definition.data();
}

}  // namespace
}  // namespace prun::pypackage

extern "C" [[gnu::visibility("default")]] void* PyInit__engine() {
  using namespace prun::pypackage;  // NOLINT(google-build-using-namespace): a function of C's
  constexpr int stable = 3;         // PYTHON_ABI_VERSION of the stable interface
  if (const char* missing = find_api()) {
    std::fprintf(stderr, "prun: this Python lacks %s\n", missing);
    return nullptr;
  }
  return api.PyModule_Create2(define(), stable);
}
