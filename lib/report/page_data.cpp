// See page_data.hpp.
#include "report/page_data.hpp"

#include "report/load.hpp"
#include "report/text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <vector>

namespace prun::report {
namespace {

constexpr std::size_t most_call_bytes = 600'000;
constexpr std::size_t most_wait_spans = 4'000;

/// Calls of tasks outside of ranges, as many as fit.
std::string calls_json(const history::History& history) {
  std::string json = "{";
  const auto add = [&](std::uint64_t index, std::string_view call) {
    if (json.size() > most_call_bytes) return;
    fmt::format_to(std::back_inserter(json), "{}\"{}\":{}", json.size() == 1 ? "" : ",", index, json_text(call));
  };
  const auto is_of_range = [&](std::uint64_t index) {
    const auto& ranges = history.calls().ranges();
    return std::any_of(ranges.begin(), ranges.end(), [index](const auto& range) {
      return index >= range.first_index && index - range.first_index < range.range.count;
    });
  };
  for (const history::TopTask& task : history.slowest().sorted()) {
    if (!is_of_range(task.index)) add(task.index, task.call);
  }
  history.calls().for_each_call([&](std::uint64_t index, const std::string& call) { add(index, call); });
  return json + '}';
}

/// Numbers of ranges are strings, because they may have more bits than numbers of JavaScript.
std::string ranges_json(const history::History& history) {
  std::vector<std::string> ranges;
  for (const auto& range : history.calls().ranges()) {
    ranges.push_back(fmt::format("[{},{},{},\"{}\",\"{}\"]", range.first_index, range.range.count, range.function,
                                 range.range.start, range.range.step));
  }
  return fmt::format("[{}]", fmt::join(ranges, ","));
}

std::string functions_json(const history::History& history) {
  std::vector<std::string> names;
  for (const std::string& name : history.calls().functions()) names.push_back(json_text(name));
  return fmt::format("[{}]", fmt::join(names, ","));
}

std::string kinds_json() {
  std::vector<std::string> names;
  for (int kind = 0; kind <= static_cast<int>(last_failure_kind); ++kind)
    names.push_back(json_text(name_of(static_cast<FailureKind>(kind))));
  return fmt::format("[{}]", fmt::join(names, ","));
}

std::string waits_json(const history::History& history) {
  std::vector<std::string> spans;
  for (const WaitSpan& span : wait_spans(history, most_wait_spans))
    spans.push_back(fmt::format("[{},{},{}]", span.from, span.to, static_cast<int>(span.wait)));
  return fmt::format("[{}]", fmt::join(spans, ","));
}

/// The names of workers, by row; null: "worker 0", "worker 1", ...
std::string worker_names_json(const history::History& history, std::uint32_t rows) {
  if (!history.workers().any_elsewhere()) return "null";
  std::vector<std::string> names;
  for (std::uint32_t row = 0; row < rows; ++row) names.push_back(json_text(history.worker_name(row)));
  return fmt::format("[{}]", fmt::join(names, ","));
}

/// The load of each worker.
std::vector<double> busy_of_rows(const history::History& history, std::uint32_t rows) {
  std::vector<double> busy(rows);
  history.for_each_attempt([&](const history::Attempt& attempt) {
    if (attempt.started && attempt.worker < rows) busy[attempt.worker] += static_cast<double>(attempt.duration);
  });
  for (double& part : busy) part /= static_cast<double>(std::max<std::int64_t>(history.wall(), 1));
  return busy;
}

}  // namespace

std::string page_data(const history::History& history, const Timeline& timeline) {
  return fmt::format(
      "{{\"wall\":{},\"rows\":{},\"exact\":{},\"steps\":{},\"step\":{},\"busy\":[{:.4f}],\"workers\":{},"
      "\n\"functions\":{},"
      "\n\"kinds\":{},"
      "\n\"waitNames\":[\"waits for input\",\"waits for the order or the reader of the output\",\"is held back\","
      "\"has nothing to do\"],\n\"waits\":{},\"waitsKnown\":{},\n\"ranges\":{},\n\"calls\":{},\n\"bytes\":\"{}\"}}",
      std::max<std::int64_t>(history.wall(), 1), timeline.rows, timeline.exact, timeline.steps, timeline.step,
      fmt::join(busy_of_rows(history, timeline.rows), ","), worker_names_json(history, timeline.rows),
      functions_json(history), kinds_json(), waits_json(history), history.has_chunks(), ranges_json(history),
      calls_json(history), base64(timeline.bytes));
}

}  // namespace prun::report
