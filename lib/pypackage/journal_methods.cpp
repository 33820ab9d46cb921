// Functions of a journal: its lock, and the outcomes to write.
#include "pypackage/arguments.hpp"
#include "pypackage/codec.hpp"
#include "pypackage/methods.hpp"
#include "pypackage/recordings.hpp"

#include "journal/run_lock.hpp"
#include "sys/fd.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

namespace prun::pypackage {
namespace {

constexpr const char* lock_name = "prun.journal_lock";

// (descriptor, which is closed together with the lock): the lock of a run on its journal, or None if another process has it
Object* journal_lock(Object*, Arguments args, Size) {
  return guarded([&] {
    auto lock = std::make_unique<journal::RunLock>(sys::Fd(static_cast<int>(number(args[0]))));
    return lock->take() ? capsule_of<journal::RunLock, lock_name>(std::move(lock)) : none();
  });
}

// (descriptor of a pipe): recordings, which write a byte there when records are available
Object* recordings_new(Object*, Arguments args, Size) {
  return guarded([&] {
    return capsule_of<RecordingsPlace, recordings_name>(
        std::make_unique<RecordingsPlace>(std::make_shared<Recordings>(static_cast<int>(number(args[0])))));
  });
}

Ref text_or_none(std::string_view text) {
  if (text.empty()) return new_ref(py.none);
  return checked(py.PyUnicode_DecodeUTF8(text.data(), static_cast<Size>(text.size()), "replace"));
}

Ref integer(std::int64_t value) { return checked(py.PyLong_FromLongLong(value)); }
Ref integer_or_none(std::int64_t value) { return value == 0 ? new_ref(py.none) : integer(value); }

Ref bytes_of(std::string_view bytes) {
  return checked(py.PyBytes_FromStringAndSize(bytes.data(), static_cast<Size>(bytes.size())));
}

class Row {
 public:
  void add(Ref value) {
    if (api.PyList_Append(list_.get(), value.get()) != 0) throw Raised{};
  }
  [[nodiscard]] Object* get() const noexcept { return list_.get(); }

 private:
  Ref list_ = checked(py.PyList_New(0));
};

void add_usage(Row& row, const std::optional<Usage>& usage) {
  if (!usage) {
    for (int i = 0; i < 5; ++i) row.add(new_ref(py.none));
    return;
  }
  row.add(integer(usage->user.count()));
  row.add(integer(usage->system.count()));
  for (const std::uint64_t amount : {usage->max_rss, usage->minor_faults, usage->major_faults}) {
    row.add(integer(static_cast<std::int64_t>(amount)));
  }
}

/// A value as an object or as pickled bytes: (object or None, bytes or None).
void add_value(Row& row, std::string_view value) {
  if (std::string_view pickle = value; is_pickle(pickle)) {
    row.add(new_ref(py.none));
    row.add(bytes_of(pickle));
  } else {
    row.add(decode(value));
    row.add(new_ref(py.none));
  }
}

void add_failure(Row& row, const Failure& failure) {
  row.add(text_or_none(failure.type));
  row.add(text_or_none(failure.message));
  row.add(integer_or_none(failure.signal));
  row.add(integer_or_none(failure.exit_status));
  row.add(integer_or_none(failure.pid));
  row.add(failure.detail.empty() ? new_ref(py.none) : bytes_of(failure.detail));
}

void add_record(Row& row, const Recordings::Record& record) {
  const detail::AttemptInfo& info = record.info;
  row.add(integer(static_cast<std::int64_t>(record.place)));
  row.add(integer(info.attempt));
  row.add(Ref(truth(record.final)));
  row.add(text_or_none(record.failure ? name_of(record.failure->kind) : "value"));
  row.add(integer_or_none(info.started_ns));
  row.add(info.started_ns == 0 ? new_ref(py.none) : integer(info.duration_ns));
  row.add(integer_or_none(info.worker));
  add_usage(row, info.usage);
  record.failure ? add_failure(row, *record.failure) : add_value(row, record.value);
}

// (recordings): a list of [place, attempt, final, ending, started by the monotonic clock, duration, worker, user, system, max_rss,
// minor_faults, major_faults], followed by an object and a pickle, one of which is None, or by the parts of a failure
Object* recordings_take(Object*, Arguments args, Size) {
  return guarded([&] {
    Row rows;
    for (const Recordings::Record& record : opened<RecordingsPlace>(args[0], recordings_name)->take()) {
      Row row;
      add_record(row, record);
      rows.add(new_ref(row.get()));
    }
    return new_ref(rows.get()).release();
  });
}

Object* recordings_close(Object*, Arguments args, Size) {
  return guarded([&] {
    opened<RecordingsPlace>(args[0], recordings_name)->close();
    return none();
  });
}

}  // namespace

Recorded recorded_of(Object* capsule, Object* first_place) {
  return {opened<RecordingsPlace>(capsule, recordings_name), number(first_place)};
}

std::span<const Method> journal_methods() {
  static constexpr std::array methods{
      Method{"journal_lock", journal_lock, fastcall, nullptr},
      Method{"recordings_new", recordings_new, fastcall, nullptr},
      Method{"recordings_take", recordings_take, fastcall, nullptr},
      Method{"recordings_close", recordings_close, fastcall, nullptr},
  };
  return methods;
}

}  // namespace prun::pypackage
