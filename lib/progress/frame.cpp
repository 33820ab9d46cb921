#include "progress/frame.hpp"

#include "progress/amounts.hpp"
#include "progress/text_width.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace prun {
namespace {

constexpr std::string_view gap = "  ";
constexpr std::size_t least_for_a_call = 12;
constexpr std::chrono::seconds long_call{1};

unsigned percent(const Snapshot& s) {
  if (*s.total == 0) return 100;
  return static_cast<unsigned>(std::min(100.0 * static_cast<double>(s.done) / static_cast<double>(*s.total), 100.0));
}

std::string count_text(const Snapshot& s) {
  if (!s.total) return fmt::format("[{}]", s.done);
  const std::string total = fmt::format("{}", *s.total);
  return fmt::format("[{:>{}}/{} {:>3}%]", s.done, total.size() + 1, total, percent(s));
}

/// For very narrow terminals.
std::string short_count(const Snapshot& s, std::size_t columns) {
  if (!s.total) return fit(fmt::format("{}", s.done), columns);
  std::string both = fmt::format("{}/{}", s.done, *s.total);
  return both.size() <= columns ? both : fmt::format("{}%", percent(s));
}

std::string range_text(const Snapshot& s) { return fmt::format("({})", rough_range(s.left->low, s.left->high)); }

/// A part of the bar. Less important parts are omitted first.
struct Part {
  std::string text;
  int importance;
  std::string_view before = gap;
};

std::vector<Part> parts_of(const Snapshot& s) {
  std::vector<Part> parts{{count_text(s), 9, ""}};
  if (s.failed != 0) parts.push_back({fmt::format("{} failed", s.failed), 7, " "});
  if (s.total) parts.push_back({fmt::format("{} running", s.running), 5, s.failed != 0 ? gap : " "});
  parts.push_back({rate_text(s.rate), 4, s.total || s.failed != 0 ? gap : " "});
  parts.push_back({clock_text(s.elapsed) + " elapsed", 3});
  if (s.left) {
    parts.push_back({fmt::format("~{} left", rough_time(s.left->likely)), 8});
    parts.push_back({range_text(s), 6, " "});
  }
  return parts;
}

std::string joined(const std::vector<Part>& parts) {
  std::string line;
  for (const Part& part : parts) line.append(line.empty() ? "" : part.before).append(part.text);
  return line;
}

std::string longest_text(const Snapshot& s) {
  return fmt::format("longest: {} {}", age_text(s.longest.front().age), s.longest.front().text);
}

std::string row(const Snapshot::Call& call, std::size_t columns) {
  std::string line = fmt::format("{:>8}", age_text(call.age));
  line += fmt::format(" {:>5}  ", call.memory == 0 ? "" : size_text(call.memory));
  if (call.last_output.empty()) return fit(line + call.text, columns);
  const std::size_t room = columns > columns_of(line) ? columns - columns_of(line) : 0;
  line += fit(call.text,
              std::max(room / 2, room > columns_of(call.last_output) + 3 ? room - columns_of(call.last_output) - 3
                                                                         : std::size_t{0}));
  return fit(line + " | " + call.last_output, columns);
}

void append_json_text(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {  // it is printable UTF-8
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
}

double seconds(std::chrono::nanoseconds time) { return std::chrono::duration<double>(time).count(); }

}  // namespace

std::string bar(const Snapshot& snapshot, std::size_t columns) {
  std::vector<Part> parts = parts_of(snapshot);
  std::string line = joined(parts);
  while (columns_of(line) > columns && parts.size() > 1) {
    parts.erase(std::min_element(parts.begin(), parts.end(),
                                 [](const Part& a, const Part& b) { return a.importance < b.importance; }));
    line = joined(parts);
  }
  if (columns_of(line) > columns) return short_count(snapshot, columns);
  if (!snapshot.total || snapshot.longest.empty() || snapshot.longest.front().age < long_call) return line;
  const std::size_t used = columns_of(line) + gap.size();
  const std::string longest = longest_text(snapshot);
  const std::size_t wanted = columns_of(longest);
  if (used + std::min(wanted, least_for_a_call + 10) > columns) return line;
  return line.append(gap).append(fit(longest, columns - used));
}

std::vector<std::string> bar_and_rows(const Snapshot& snapshot, std::size_t columns, std::size_t lines) {
  Snapshot head = snapshot;
  if (lines > 1) head.longest.clear();  // it has a row
  std::vector<std::string> all{bar(head, columns)};
  if (!snapshot.hold_up.empty() && all.size() < lines) all.push_back(fit(snapshot.hold_up, columns));
  for (const auto& call : snapshot.longest) {
    if (all.size() >= lines) break;
    all.push_back(row(call, columns));
  }
  return all;
}

std::string plain_line(const Snapshot& s) {
  std::string line = fmt::format("{}", s.done);
  if (s.total) line += fmt::format(" of {}", *s.total);
  line += s.total.value_or(s.done) == 1 ? " task done" : " tasks done";
  if (s.total) line += fmt::format(" ({}%)", percent(s));
  if (s.failed != 0) line += fmt::format(", {} failed", s.failed);
  line += fmt::format(", {} running, {}, {} elapsed", s.running, rate_text(s.rate), clock_text(s.elapsed));
  if (s.left) line += fmt::format(", ~{} left {}", rough_time(s.left->likely), range_text(s));
  if (!s.hold_up.empty()) line += "; " + s.hold_up;
  return line;
}

std::string json_line(const Snapshot& s, bool end) {
  std::string line = fmt::format(R"({{"v": 1, "done": {}, "failed": {}, "running": {})", s.done, s.failed, s.running);
  if (s.total) line += fmt::format(R"(, "total": {})", *s.total);
  line += fmt::format(R"(, "rate": {:.3f}, "elapsed": {:.3f})", s.rate, seconds(s.elapsed));
  if (s.left && !end) {
    line += fmt::format(R"(, "left": {:.3f}, "left_low": {:.3f}, "left_high": {:.3f})", seconds(s.left->likely),
                        seconds(s.left->low), seconds(s.left->high));
  }
  if (!s.longest.empty()) {
    const auto& call = s.longest.front();
    line += fmt::format(R"(, "longest": {{"task": {}, "age": {:.3f}, "call": )", call.index, seconds(call.age));
    append_json_text(line, call.text);
    line += '}';
  }
  if (!s.hold_up.empty()) {
    line += R"(, "held_back": )";
    append_json_text(line, s.hold_up);
  }
  line += end ? R"(, "end": true})" : "}";
  return line;
}

}  // namespace prun
