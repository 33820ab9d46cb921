#include "wire/failure.hpp"

#include "wire/value.hpp"

namespace prun::wire {

void encode_failure(const Failure& failure, std::string& out) {
  ValueWriter writer(out);
  writer.array(9);
  writer.integer(static_cast<std::int64_t>(failure.kind));
  writer.string(failure.type);
  writer.string(failure.message);
  writer.string(failure.where);
  writer.integer(failure.signal);
  writer.integer(failure.exit_status);
  writer.integer(failure.pid);
  writer.string(failure.traceback);
  writer.string(failure.detail);
}

Failure decode_failure(std::string_view bytes) {
  try {
    ValueReader reader(bytes);
    if (reader.array() != 9) throw DecodeError("not the fields of a failure");
    Failure failure;
    const std::int64_t kind = reader.integer();
    if (kind < 0 || kind > static_cast<std::int64_t>(last_failure_kind)) throw DecodeError("no such kind");
    failure.kind = static_cast<FailureKind>(kind);
    failure.type = reader.string();
    failure.message = reader.string();
    failure.where = reader.string();
    failure.signal = static_cast<int>(reader.integer());
    failure.exit_status = static_cast<int>(reader.integer());
    failure.pid = static_cast<int>(reader.integer());
    failure.traceback = reader.string();
    failure.detail = reader.string();
    return failure;
  } catch (const DecodeError& error) {
    Failure failure;
    failure.kind = FailureKind::bad_result;
    failure.type = "prun::SerializationError";
    failure.message = std::string("the worker's report of a failure cannot be read: ") + error.what();
    return failure;
  }
}

}  // namespace prun::wire
