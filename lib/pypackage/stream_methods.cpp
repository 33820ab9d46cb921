// Functions that feed a stream of calls, read it, and wait for it.
#include "pypackage/arguments.hpp"
#include "pypackage/methods.hpp"
#include "pypackage/stream.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <utility>

namespace prun::pypackage {
namespace {

constexpr const char* stream_name = "prun.stream";

// (pool, prefix, chunksize or 0, ordered, window, retries, for_executor[, recordings, first place]): a stream; 0: chunk
// sizes follow the durations of calls. The items of a recorded stream are tuples: an item and False, or its value and True.
Object* stream_new(Object*, Arguments args, Size count) {
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
    if (count > 7) options.recorded = recorded_of(args[7], args[8]);
    return capsule_of<Stream, stream_name>(
        std::make_unique<Stream>(pool, std::move(options), chunksize == 0 ? 1 : chunksize, is_true(args[6])));
  });
}

Stream& stream_of(Object* capsule) { return opened<Stream>(capsule, stream_name); }

// (stream, start, step, count): sets the items; all must fit into 64 bits
Object* stream_range(Object*, Arguments args, Size) {
  return guarded([&] {
    IntRange range;
    range.start = signed_number(args[1]);
    range.step = signed_number(args[2]);
    range.count = number(args[3]);
    stream_of(args[0]).read_range(range);
    return none();
  });
}

// (stream, iterator, most): True if there is more to read
Object* stream_fill(Object*, Arguments args, Size) {
  return guarded([&] { return truth(stream_of(args[0]).fill(args[1], number(args[2]))); });
}

// (stream, list of items): True if more is to be read
Object* stream_feed(Object*, Arguments args, Size) {
  return guarded([&] { return truth(stream_of(args[0]).feed(args[1])); });
}

// (stream, error of the input or None): ends the input
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

// (stream, iterator or None, seconds or None, class of the timeout error)
Object* stream_next(Object*, Arguments args, Size) {
  return guarded([&] {
    Object* const iterator = args[1] == py.none ? nullptr : args[1];
    return stream_of(args[0]).next(iterator, seconds(args[2]), args[3]).release();
  });
}

Object* stream_complete(Object*, Arguments args, Size) {
  return guarded([&] { return truth(stream_of(args[0]).job().ended()); });
}

// (stream, seconds or None): True if all results are available
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

// (stream, descriptor): a byte is written there when the counts have changed since they were read
Object* stream_tell_changes(Object*, Arguments args, Size) {
  return guarded([&] {
    const Stream& stream = stream_of(args[0]);
    const int fd = static_cast<int>(number(args[1]));
    auto lock = stream.pool().lock();
    stream.job().tell_changes_to(fd);
    return none();
  });
}

// (stream): (calls with an outcome, failed calls, all calls or None while the input is read, True if all have ended)
Object* stream_counts(Object*, Arguments args, Size) {
  return guarded([&] {
    const Stream& stream = stream_of(args[0]);
    StreamJob::Counts counts;
    {
      auto lock = stream.pool().lock();
      counts = stream.job().read_counts();
    }
    Ref tuple = checked(py.PyTuple_New(4));
    const auto put = [&tuple](Size place, Ref value) { py.PyTuple_SetItem(tuple.get(), place, value.release()); };
    put(0, checked(py.PyLong_FromUnsignedLongLong(counts.done)));
    put(1, checked(py.PyLong_FromUnsignedLongLong(counts.failed)));
    put(2, counts.total ? checked(py.PyLong_FromUnsignedLongLong(*counts.total)) : Ref(none()));
    put(3, Ref(truth(counts.ended)));
    return tuple.release();
  });
}

}  // namespace

std::span<const Method> stream_methods() {
  static constexpr std::array methods{
      Method{"stream_new", stream_new, fastcall, nullptr},
      Method{"stream_range", stream_range, fastcall, nullptr},
      Method{"stream_fill", stream_fill, fastcall, nullptr},
      Method{"stream_feed", stream_feed, fastcall, nullptr},
      Method{"stream_end", stream_end, fastcall, nullptr},
      Method{"stream_lift_window", stream_lift_window, fastcall, nullptr},
      Method{"stream_next", stream_next, fastcall, nullptr},
      Method{"stream_complete", stream_complete, fastcall, nullptr},
      Method{"stream_wait", stream_wait, fastcall, nullptr},
      Method{"stream_collect", stream_collect, fastcall, nullptr},
      Method{"stream_watch", stream_watch, fastcall, nullptr},
      Method{"stream_cancel", stream_cancel, fastcall, nullptr},
      Method{"stream_tell_changes", stream_tell_changes, fastcall, nullptr},
      Method{"stream_counts", stream_counts, fastcall, nullptr},
  };
  return methods;
}

}  // namespace prun::pypackage
