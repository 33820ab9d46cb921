// See charts.hpp.
#include "report/charts.hpp"

#include "report/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <vector>

namespace prun::report {
namespace {

constexpr double chart_width = 1000;
constexpr double chart_height = 100;

/// A line through the middle of the steps, as steps: each value from the start of its step to its end.
std::string step_path(const std::vector<double>& values, double most, bool area) {
  std::string path;
  const double step = chart_width / static_cast<double>(values.size());
  const auto y = [&](double value) { return chart_height * (1 - std::min(value / most, 1.0)); };
  double drawn = -1;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::abs(y(values[i]) - drawn) < 0.05 && i != 0) continue;
    drawn = y(values[i]);
    if (i == 0) {
      path = area ? fmt::format("M0,{}V{:.1f}", chart_height, drawn) : fmt::format("M0,{:.1f}", drawn);
    } else {
      fmt::format_to(std::back_inserter(path), "H{:.1f}V{:.1f}", static_cast<double>(i) * step, drawn);
    }
  }
  fmt::format_to(std::back_inserter(path), "H{}", chart_width);
  if (area) fmt::format_to(std::back_inserter(path), "V{}Z", chart_height);
  return path;
}

double most_of(const std::vector<double>& values) {
  return values.empty() ? 0 : *std::max_element(values.begin(), values.end());
}

std::string time_axis(std::int64_t wall) {
  std::string axis = "<svg class=\"axis\" aria-hidden=\"true\">";
  const std::int64_t step = tick_step(wall, 9);
  for (std::int64_t time = 0; time <= wall; time += step) {
    const double place = 100 * static_cast<double>(time) / static_cast<double>(std::max<std::int64_t>(wall, 1));
    const std::string_view anchor = place < 2 ? "start" : place > 97 ? "end" : "middle";
    fmt::format_to(std::back_inserter(axis), "<text x=\"{:.2f}%\" y=\"15\" text-anchor=\"{}\">{}</text>", place, anchor,
                   tick_text(time, step));
  }
  return axis + "</svg>";
}

std::string decades_axis(const Histogram& histogram) {
  std::string axis = "<svg class=\"axis\" aria-hidden=\"true\">";
  for (int bin = 0; bin <= histogram.bins; ++bin) {
    const int at = histogram.first_bin + bin;
    if (at % Histogram::per_decade != 0) continue;
    const double place = 100.0 * bin / histogram.bins;
    const std::string_view anchor = place < 2 ? "start" : place > 97 ? "end" : "middle";
    const auto time = static_cast<std::int64_t>(std::llround(std::pow(10.0, at / Histogram::per_decade)));
    fmt::format_to(std::back_inserter(axis), "<text x=\"{:.2f}%\" y=\"15\" text-anchor=\"{}\">{}</text>", place, anchor,
                   tick_text(time, time));
  }
  return axis + "</svg>";
}

std::string bars(const FunctionTimes& function, const Histogram& histogram) {
  std::string svg =
      fmt::format("<svg class=\"plot plot-bars\" role=\"img\" aria-label=\"Durations of {}\">", escaped(function.name));
  const std::uint64_t most =
      std::max<std::uint64_t>(*std::max_element(function.counts.begin(), function.counts.end()), 1);
  for (std::size_t bin = 0; bin < function.counts.size(); ++bin) {
    const std::uint64_t count = function.counts[bin];
    if (count == 0) continue;
    const double height = std::max(96 * static_cast<double>(count) / static_cast<double>(most), 2.0);
    const auto edge = [&](std::size_t more) {
      const double decades = static_cast<double>(histogram.first_bin) + static_cast<double>(bin + more);
      return duration_text(static_cast<std::int64_t>(std::pow(10.0, decades / Histogram::per_decade)));
    };
    const double width = 100.0 / histogram.bins;
    fmt::format_to(std::back_inserter(svg),
                   "<rect class=\"count\" x=\"{:.3f}%\" width=\"{:.3f}%\" y=\"{:.1f}%\" height=\"{:.1f}%\">"
                   "<title>{} from {} to {}</title></rect>",
                   static_cast<double>(bin) * width + width * 0.04, width * 0.92, 100 - height, height,
                   count_text(count), edge(0), edge(1));
  }
  return svg + "</svg>";
}

std::string figures_row(const FunctionTimes& function) {
  const auto attempts = static_cast<std::int64_t>(std::max<std::uint64_t>(function.attempts, 1));
  return fmt::format(
      "<tr><td><code>{}</code></td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td>"
      "<td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>",
      escaped(function.name), count_data(function.attempts), count_data(function.failed), duration_data(function.total),
      duration_data(function.total / attempts), duration_data(function.shortest), duration_data(function.longest));
}

}  // namespace

std::int64_t tick_step(std::int64_t time, int wanted) {
  constexpr std::int64_t second = 1'000'000'000;
  const std::int64_t least = std::max<std::int64_t>(time / wanted, 1);
  if (least > second / 2) {
    for (const std::int64_t seconds : {1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21600, 86400}) {
      if (seconds * second >= least) return seconds * second;
    }
  }
  std::int64_t power = 1;
  while (power <= least / 10) power *= 10;
  for (const std::int64_t step : {1, 2, 5}) {
    if (step * power >= least) return step * power;
  }
  return 10 * power;
}

std::string tick_text(std::int64_t time, std::int64_t step) {
  constexpr std::array<std::pair<std::int64_t, std::string_view>, 4> units{
      std::pair{1'000'000'000LL, " s"}, {1'000'000LL, " ms"}, {1'000LL, " \u00b5s"}, {1LL, " ns"}};
  if (time == 0) return "0";
  if (step >= 60'000'000'000) return duration_text(time);
  for (const auto& [unit, name] : units) {
    if (time >= unit) return fmt::format("{:g}{}", static_cast<double>(time) / static_cast<double>(unit), name);
  }
  return "0";
}

std::string load_chart(const Load& load, std::int64_t wall) {
  const bool cpus_known = most_of(load.cpus) > 0;
  const double most = std::max({static_cast<double>(load.workers), most_of(load.cpus), 1.0}) * 1.06;
  std::string chart =
      "<ul class=\"legend\"><li><svg viewBox=\"0 0 22 12\" aria-hidden=\"true\"><rect class=\"running\" width=\"22\" "
      "height=\"12\"/><path class=\"running-line\" d=\"M0,1H22\"/></svg>running tasks</li>";
  chart += cpus_known ? "<li><svg viewBox=\"0 0 22 12\" aria-hidden=\"true\"><path class=\"cpu-line\" d=\"M0,6H22\"/>"
                        "</svg>busy CPUs</li>"
                      : "<li>CPU time was not measured</li>";
  chart += fmt::format(
      "<li><svg viewBox=\"0 0 22 12\" aria-hidden=\"true\"><line class=\"capacity\" x2=\"22\" y1=\"6\" y2=\"6\"/></svg>"
      "{} worker{}</li></ul>",
      load.workers, load.workers == 1 ? "" : "s");
  const double capacity = chart_height * (1 - load.workers / most);
  chart += fmt::format(
      "<svg class=\"plot plot-area\" viewBox=\"0 0 {} {}\" preserveAspectRatio=\"none\" role=\"img\" "
      "aria-label=\"Running tasks and busy CPUs over time\"><path class=\"running\" d=\"{}\"/>"
      "<path class=\"running-line\" d=\"{}\"/>",
      chart_width, chart_height, step_path(load.running, most, true), step_path(load.running, most, false));
  if (cpus_known) chart += fmt::format("<path class=\"cpu-line\" d=\"{}\"/>", step_path(load.cpus, most, false));
  chart += fmt::format("<line class=\"capacity\" x1=\"0\" x2=\"{}\" y1=\"{:.1f}\" y2=\"{:.1f}\"/></svg>", chart_width,
                       capacity, capacity);
  return chart + time_axis(wall);
}

std::string duration_charts(const Histogram& histogram) {
  if (histogram.bins == 0) return "<p class=\"note\">No attempt was measured.</p>";
  std::string charts =
      "<p class=\"note\">Attempts by duration, on a logarithmic scale. Each function has its own height.</p>";
  for (const FunctionTimes& function : histogram.functions) {
    charts += fmt::format("<h3><code>{}</code></h3>", escaped(function.name));
    charts += bars(function, histogram);
  }
  charts += decades_axis(histogram);
  charts +=
      "<div class=\"scroll\"><table id=\"functions\"><thead><tr><th>Function</th><th class=\"n\">Attempts</th>"
      "<th class=\"n\">Failed tasks</th><th class=\"n\">Total</th><th class=\"n\">Mean</th><th "
      "class=\"n\">Shortest</th>"
      "<th class=\"n\">Longest</th></tr></thead><tbody>";
  for (const FunctionTimes& function : histogram.functions) charts += figures_row(function);
  return charts + "</tbody></table></div>";
}

}  // namespace prun::report
