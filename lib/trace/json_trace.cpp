// One event a line. Each begins behind the comma of the one before, so that a cut file loses only its last line. Chunks are B and E
// events instead of X: they start before the duration is known.
#include "trace/json_trace.hpp"

#include "wire/json.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

namespace prun::trace {
namespace {

constexpr std::uint64_t held_back_track = 0;

std::uint64_t track_of(std::uint32_t worker) noexcept { return std::uint64_t{worker} + 1; }

void append(std::string& out, std::uint64_t number) {
  std::array<char, 20> digits;  // NOLINT(cppcoreguidelines-pro-type-member-init): std::to_chars fills it
  char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), static_cast<std::size_t>(end - digits.data()));
}

/// What has a bounded length is put together here and appended at once: a trace of a million tasks has ten million pieces.
class Piece {  // NOLINT(cppcoreguidelines-pro-type-member-init): the first `size_` bytes are set
 public:
  template <std::size_t Size>
  Piece& text(const char (&literal)[Size]) noexcept {
    std::memcpy(&text_[size_], literal, Size - 1);
    size_ += Size - 1;
    return *this;
  }
  Piece& number(std::uint64_t number) noexcept {
    size_ =
        static_cast<std::size_t>(std::to_chars(&text_[size_], text_.data() + text_.size(), number).ptr - text_.data());
    return *this;
  }
  /// Microseconds, with nanoseconds behind the point.
  Piece& time(std::int64_t nanoseconds) noexcept {
    const auto time = static_cast<std::uint64_t>(std::max<std::int64_t>(nanoseconds, 0));
    number(time / 1000);
    const auto rest = static_cast<unsigned>(time % 1000);
    const std::array<char, 4> fraction{'.', static_cast<char>('0' + rest / 100),
                                       static_cast<char>('0' + rest / 10 % 10), static_cast<char>('0' + rest % 10)};
    std::memcpy(&text_[size_], fraction.data(), fraction.size());
    size_ += fraction.size();
    return *this;
  }
  void append_to(std::string& out) const { out.append(text_.data(), size_); }

 private:
  std::array<char, 256> text_;  ///< enough for a head, a time and three numbers
  std::size_t size_ = 0;
};

/// It needs no escapes. A call usually does not.
bool is_plain(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < '\x7f' && c != '"' && c != '\\'; });
}

void append_string(std::string& out, std::string_view text) {
  if (!is_plain(text)) return wire::append_json_string(out, text);
  out.append(1, '"').append(text).append(1, '"');
}

/// What all events have: the phase, the track and the time.
template <std::size_t Size>
Piece head(const char (&phase)[Size], std::uint64_t track, std::int64_t time) {
  Piece head;
  head.text(",\n{\"ph\":\"").text(phase).text("\",\"pid\":1,\"tid\":").number(track).text(",\"ts\":").time(time);
  return head;
}

}  // namespace

void JsonTrace::begin(const Overview& overview) {
  std::string& out = out_.bytes();
  out.append("{\"displayTimeUnit\":\"ms\",\n\"otherData\":{\"command\":");
  append_string(out, overview.name);
  for (const auto& [name, value] : overview.facts) {
    out.append(",\"").append(name).append("\":");
    append_string(out, value);
  }
  out.append("},\n\"traceEvents\":[\n{\"ph\":\"M\",\"pid\":1,\"name\":\"process_name\",\"args\":{\"name\":");
  append_string(out, overview.name);
  out.append("}}");
  name_track(held_back_track, "nothing starts");
  for (std::uint32_t worker = 0; worker < overview.workers.size(); ++worker)
    name_track(track_of(worker), overview.workers[worker]);
}

void JsonTrace::name_track(std::uint64_t track, std::string_view name) {
  std::string& out = out_.bytes();
  out.append(",\n{\"ph\":\"M\",\"pid\":1,\"tid\":");
  append(out, track);
  out.append(",\"name\":\"thread_name\",\"args\":{\"name\":");
  append_string(out, name);
  out.append("}}");
  out.append(",\n{\"ph\":\"M\",\"pid\":1,\"tid\":");
  append(out, track);
  out.append(",\"name\":\"thread_sort_index\",\"args\":{\"sort_index\":");
  append(out, track);
  out.append("}}");
  out_.pass_on_if_full();
}

void JsonTrace::chunk_starts(const ChunkStart& chunk) {
  Piece start = head("B", track_of(chunk.worker), chunk.time);
  start.text(",\"cat\":\"chunk\",\"name\":\"chunk of ").number(chunk.tasks);
  start.text("\",\"args\":{\"first_task\":")
      .number(chunk.first_index)
      .text(",\"tasks\":")
      .number(chunk.tasks)
      .text("}}");
  start.append_to(out_.bytes());
}

void JsonTrace::chunk_ends(std::uint32_t worker, std::int64_t time) {
  head("E", track_of(worker), time).text("}").append_to(out_.bytes());
  out_.pass_on_if_full();
}

void JsonTrace::task(const TaskSlice& task) {
  std::string& out = out_.bytes();
  const std::uint64_t track = track_of(task.worker);
  head("X", track, task.from)
      .text(",\"dur\":")
      .time(task.to - task.from)
      .text(",\"cat\":\"task\",\"name\":")
      .append_to(out);
  append_string(out, task.call);
  Piece arguments;
  arguments.text(",\"args\":{\"task\":").number(task.index);
  if (task.attempt > 1 || task.failure) arguments.text(",\"attempt\":").number(task.attempt);
  if (!task.ended) arguments.text(",\"ended\":false");
  if (!task.failure) arguments.text("}}");
  arguments.append_to(out);
  if (task.failure)
    out.append(",\"failure\":\"").append(prun::name_of(*task.failure)).append("\"},\"cname\":\"terrible\"}");
  if (task.arrow_in != 0) arrow("f", task.arrow_in, track, task.from);
  // An arrow belongs to the slice that is open at its time, and at its end a slice is open no more.
  if (task.arrow_out != 0) arrow("s", task.arrow_out, track, std::max(task.from, task.to - 1));
  out_.pass_on_if_full();
}

template <std::size_t Size>
void JsonTrace::arrow(const char (&phase)[Size], std::uint64_t number, std::uint64_t track, std::int64_t time) {
  Piece arrow = head(phase, track, time);
  arrow.text(",\"cat\":\"retry\",\"name\":\"retry\",\"bp\":\"e\",\"id\":").number(number).text("}");
  arrow.append_to(out_.bytes());
}

void JsonTrace::counter(Counter counter, std::int64_t time, std::uint64_t value) {
  std::string& out = out_.bytes();
  Piece at;
  at.text(",\n{\"ph\":\"C\",\"pid\":1,\"ts\":").time(time).text(",\"name\":\"").append_to(out);
  out.append(name_of(counter));
  Piece amount;
  counter == Counter::memory ? amount.text("\",\"args\":{\"bytes\":") : amount.text("\",\"args\":{\"tasks\":");
  amount.number(value).text("}}").append_to(out);
  out_.pass_on_if_full();
}

void JsonTrace::held_back(std::int64_t from, std::int64_t to, std::string_view reason) {
  std::string& out = out_.bytes();
  Piece span = head("X", held_back_track, from);
  span.text(",\"dur\":").time(to - from).text(",\"cat\":\"held back\",\"name\":\"").append_to(out);
  out.append(reason).append("\"}");
  out_.pass_on_if_full();
}

void JsonTrace::end() {
  out_.bytes().append("\n]}\n");
  out_.finish();
}

}  // namespace prun::trace
