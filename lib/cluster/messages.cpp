#include "cluster/messages.hpp"

#include "wire/failure.hpp"

#include <limits>

namespace prun::cluster {
namespace {

using wire::DecodeError;
using wire::Kind;
using wire::ValueReader;
using wire::ValueWriter;

void require(bool good, const char* what) {
  if (!good) throw DecodeError(what);
}

template <class Integer>
Integer take_number(ValueReader& reader) {
  const std::uint64_t number = reader.unsigned_integer();
  require(number <= std::numeric_limits<Integer>::max(), "a number is too large");
  return static_cast<Integer>(number);
}

std::int64_t take_signed(ValueReader& reader) { return reader.integer(); }

std::int32_t take_worker(ValueReader& reader) {
  const std::int64_t number = reader.integer();
  require(number >= std::numeric_limits<std::int32_t>::min() && number <= std::numeric_limits<std::int32_t>::max(),
          "there is no such worker");
  return static_cast<std::int32_t>(number);
}

void require_end(const ValueReader& reader) { require(reader.at_end(), "bytes follow a message"); }

void write_outcome_head(ValueWriter& writer, std::uint64_t index, const detail::AttemptInfo& info) {
  writer.unsigned_integer(index);
  writer.unsigned_integer(info.attempt);
  writer.integer(info.worker);
  writer.integer(info.started_ns);
  writer.integer(info.duration_ns);
  if (!info.usage) return writer.null();
  writer.array(5);
  writer.integer(info.usage->user.count());
  writer.integer(info.usage->system.count());
  writer.unsigned_integer(info.usage->max_rss);
  writer.unsigned_integer(info.usage->minor_faults);
  writer.unsigned_integer(info.usage->major_faults);
}

Usage take_usage(ValueReader& reader) {
  require(reader.array() == 5, "a usage has five numbers");
  Usage usage;
  usage.user = std::chrono::microseconds(take_signed(reader));
  usage.system = std::chrono::microseconds(take_signed(reader));
  usage.max_rss = reader.unsigned_integer();
  usage.minor_faults = reader.unsigned_integer();
  usage.major_faults = reader.unsigned_integer();
  return usage;
}

}  // namespace

std::string encode(const Setup& setup) {
  std::string body;
  ValueWriter writer(body);
  writer.array(9);
  writer.array(static_cast<std::uint32_t>(setup.command_line.size()));
  for (const std::string& word : setup.command_line) writer.string(word);
  writer.string(setup.directory);
  writer.string(setup.workdir);
  writer.map(static_cast<std::uint32_t>(setup.environment.size()));
  for (const auto& [name, value] : setup.environment) {
    writer.string(name);
    writer.string(value);
  }
  writer.unsigned_integer(setup.workers);
  writer.unsigned_integer(static_cast<std::uint64_t>(setup.dead_after.count()));
  writer.boolean(setup.measured);
  writer.string(setup.host);
  writer.unsigned_integer(setup.files);
  return body;
}

Setup decode_setup(std::string_view body) {
  ValueReader reader(body);
  require(reader.array() == 9, "a setup has nine members");
  Setup setup;
  for (std::uint32_t left = reader.array(); left > 0; --left) setup.command_line.emplace_back(reader.string());
  setup.directory = reader.string();
  setup.workdir = reader.string();
  for (std::uint32_t left = reader.map(); left > 0; --left) {
    std::string name(reader.string());
    setup.environment.emplace_back(std::move(name), reader.string());
  }
  setup.workers = take_number<std::uint32_t>(reader);
  setup.dead_after = std::chrono::milliseconds(take_number<std::uint32_t>(reader));
  setup.measured = reader.boolean();
  setup.host = reader.string();
  setup.files = take_number<std::uint32_t>(reader);
  require_end(reader);
  return setup;
}

std::string encode(const TaskBatch& batch) {
  std::string body;
  body.reserve(batch.items.size() + 64);
  ValueWriter writer(body);
  if (batch.function) {
    writer.string(*batch.function);
  } else {
    writer.null();
  }
  writer.unsigned_integer(batch.first_index);
  writer.unsigned_integer(batch.attempt);
  writer.unsigned_integer(batch.count);
  if (batch.range) {
    writer.array(2);
    writer.integer(batch.range->start);
    writer.integer(batch.range->step);
  } else {
    writer.null();
  }
  writer.raw(batch.items);
  return body;
}

TaskBatch decode_tasks(std::string_view body) {
  ValueReader reader(body);
  TaskBatch batch;
  if (reader.peek() == Kind::null) {
    reader.null();
  } else {
    batch.function = reader.string();
  }
  batch.first_index = reader.unsigned_integer();
  batch.attempt = take_number<std::uint16_t>(reader);
  batch.count = reader.unsigned_integer();
  require(batch.count > 0 && batch.first_index + batch.count > batch.first_index, "there is no such range of tasks");
  if (reader.peek() == Kind::null) {
    reader.null();
    batch.items = reader.rest();
    for (std::uint64_t i = 0; i < batch.count; ++i) static_cast<void>(take_item(reader));
  } else {
    require(reader.array() == 2, "a range has two numbers");
    batch.range = IntRange{};
    batch.range->start = reader.integer();
    batch.range->step = reader.integer();
    batch.range->count = batch.count;
  }
  require_end(reader);
  return batch;
}

void append_item(std::string& items, std::string_view args, std::string_view kwargs) {
  items.append(args);
  if (kwargs.empty()) {
    ValueWriter(items).null();
  } else {
    items.append(kwargs);
  }
}

Item take_item(ValueReader& items) {
  require(items.peek() == Kind::array, "arguments are an array");
  Item item;
  item.args = items.skip();
  const Kind kind = items.peek();
  require(kind == Kind::null || kind == Kind::map, "keyword arguments are a map");
  const std::string_view kwargs = items.skip();
  if (kind == Kind::map) item.kwargs = kwargs;
  return item;
}

void append_value(std::string& body, std::uint64_t index, const detail::AttemptInfo& info, std::string_view value) {
  ValueWriter writer(body);
  write_outcome_head(writer, index, info);
  writer.boolean(false);
  writer.raw(value);
}

void append_failure(std::string& body, std::uint64_t index, const detail::AttemptInfo& info, const Failure& failure) {
  ValueWriter writer(body);
  write_outcome_head(writer, index, info);
  writer.boolean(true);
  wire::encode_failure(failure, body);
}

Outcome take_outcome(ValueReader& outcomes) {
  Outcome outcome;
  outcome.index = outcomes.unsigned_integer();
  outcome.info.attempt = take_number<std::uint16_t>(outcomes);
  outcome.info.worker = take_worker(outcomes);
  outcome.info.started_ns = take_signed(outcomes);
  outcome.info.duration_ns = take_signed(outcomes);
  if (outcomes.peek() == Kind::null) {
    outcomes.null();
  } else {
    outcome.info.usage = take_usage(outcomes);
  }
  const bool failed = outcomes.boolean();
  const std::string_view what = outcomes.skip();
  if (failed) {
    outcome.failure = wire::decode_failure(what);
  } else {
    outcome.value = what;
  }
  return outcome;
}

std::string encode(const Beat& beat) {
  std::string body;
  ValueWriter writer(body);
  writer.integer(beat.sent_ns);
  writer.integer(beat.echoed_ns);
  writer.integer(beat.held_ns);
  return body;
}

Beat decode_beat(std::string_view body) {
  ValueReader reader(body);
  Beat beat;
  beat.sent_ns = take_signed(reader);
  beat.echoed_ns = take_signed(reader);
  beat.held_ns = take_signed(reader);
  require_end(reader);
  return beat;
}

std::string encode_number(std::uint64_t number) {
  std::string body;
  ValueWriter(body).unsigned_integer(number);
  return body;
}

std::uint64_t decode_number(std::string_view body) {
  ValueReader reader(body);
  const std::uint64_t number = reader.unsigned_integer();
  require_end(reader);
  return number;
}

std::uint32_t decode_small_number(std::string_view body) {
  ValueReader reader(body);
  const auto number = take_number<std::uint32_t>(reader);
  require_end(reader);
  return number;
}

std::string encode_text(std::string_view text) {
  std::string body;
  ValueWriter(body).string(text);
  return body;
}

std::string decode_text(std::string_view body) {
  ValueReader reader(body);
  std::string text(reader.string());
  require_end(reader);
  return text;
}

std::string encode_numbers(const std::vector<std::uint64_t>& numbers) {
  std::string body;
  ValueWriter writer(body);
  for (const std::uint64_t number : numbers) writer.unsigned_integer(number);
  return body;
}

std::vector<std::uint64_t> decode_numbers(std::string_view body) {
  ValueReader reader(body);
  std::vector<std::uint64_t> numbers;
  while (!reader.at_end()) numbers.push_back(reader.unsigned_integer());
  return numbers;
}

}  // namespace prun::cluster
