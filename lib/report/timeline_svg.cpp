// See timeline_svg.hpp.
#include "report/timeline_svg.hpp"

#include "command/command_words.hpp"
#include "event/printable.hpp"
#include "report/charts.hpp"
#include "report/load.hpp"
#include "report/text.hpp"
#include "report/timeline.hpp"
#include "report/verdict.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <vector>

namespace prun::report {

std::string_view timeline_css() noexcept;

namespace {

using history::Attempt;
using history::History;

constexpr double width = 1160;
constexpr double left = 100;
constexpr double top = 76;
constexpr double inner = width - left - 20;
constexpr std::uint64_t most_blocks = 4'000;  // attempts that are drawn one by one
constexpr std::size_t columns = 1'040;        // if there are more: one for each pixel

std::string_view class_of(Look look) {
  switch (look) {
    case Look::value: return "run";
    case Look::retried: return "retried";
    case Look::failed: return "failed";
  }
  return "run";
}

class Picture {
 public:
  explicit Picture(const History& history)
      : history_(&history),
        rows_(std::max(history.worker_count(), 1U)),
        row_height_(rows_ <= 16   ? 28
                    : rows_ <= 64 ? 14
                                  : 7),
        wall_(std::max<std::int64_t>(history.wall(), 1)) {}

  std::string operator()() {
    head();
    axis();
    for (std::uint32_t row = 0; row < rows_; ++row) row_head(row);
    if (history_->totals().attempts <= most_blocks) {
      blocks();
    } else {
      cells();
    }
    out_ += "</svg>\n";
    return std::move(out_);
  }

 private:
  template <class... Arguments>
  void add(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    fmt::format_to(std::back_inserter(out_), format, std::forward<Arguments>(arguments)...);
  }
  [[nodiscard]] double x(std::int64_t time) const {
    return left + inner * std::clamp(static_cast<double>(time) / static_cast<double>(wall_), 0.0, 1.0);
  }
  [[nodiscard]] double y(std::uint32_t row) const { return top + row * row_height_; }
  [[nodiscard]] double block_height() const { return row_height_ - (row_height_ > 10 ? 4 : 1); }
  [[nodiscard]] double height() const { return y(rows_) + 40; }

  void head() {
    const Load load = load_of(*history_, 1000);
    const std::string title = escaped(cut_utf8(command::join_words(history_->facts().command), 150));
    add("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {:.0f} {:.0f}\" role=\"img\" aria-label=\"{}\">"
        "<style>{}</style>",
        width, height(), title, timeline_css());
    out_ +=
        "<defs><pattern id=\"retry\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" "
        "patternTransform=\"rotate(45)\"><rect class=\"paper\" width=\"6\" height=\"6\"/><rect class=\"stripe\" "
        "width=\"3\" height=\"6\"/></pattern></defs>";
    add("<rect class=\"paper\" width=\"{:.0f}\" height=\"{:.0f}\"/>", width, height());
    add("<text class=\"verdict\" x=\"20\" y=\"30\">{}</text>",
        escaped(verdict(*history_, load, replay::what_if(*history_))));
    add("<text class=\"soft\" x=\"20\" y=\"52\">{}</text>", title);
  }

  void axis() {
    const std::int64_t step = tick_step(wall_, 9);
    for (std::int64_t time = 0; time <= wall_; time += step) {
      add("<path class=\"grid\" d=\"M{0:.1f},{1:.1f}V{2:.1f}\"/><text class=\"soft\" x=\"{0:.1f}\" y=\"{3:.1f}\" "
          "text-anchor=\"middle\">{4}</text>",
          x(time), top - 6, y(rows_), y(rows_) + 18, tick_text(time, step));
    }
  }

  void row_head(std::uint32_t row) {
    add("<rect class=\"band\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\"/>", left, y(row), inner,
        block_height());
    if (row_height_ < 14 && row % 2 != 0) return;
    const std::string name = history_->worker_name(row);
    const std::string_view fit = name.size() > 12 ? " textLength=\"76\" lengthAdjust=\"spacingAndGlyphs\"" : "";
    add("<text class=\"label\" x=\"20\" y=\"{:.1f}\"{}>{}</text>", y(row) + block_height() / 2 + 4, fit, escaped(name));
  }

  void block(std::uint32_t row, double from, double to, Look look, const std::string& title) {
    add("<rect class=\"{}\" x=\"{:.2f}\" y=\"{:.1f}\" width=\"{:.2f}\" height=\"{:.1f}\">", class_of(look), from,
        y(row), std::max(to - from, 0.4), block_height());
    add("<title>{}</title></rect>", title);
    if (look == Look::failed) cross(row, std::min((from + to) / 2, to));
  }

  void cross(std::uint32_t row, double at) {
    const double size = std::min(4.0, block_height() / 3);
    const double middle = y(row) + block_height() / 2;
    add("<path class=\"cross\" d=\"M{0:.1f},{2:.1f}L{1:.1f},{3:.1f}M{0:.1f},{3:.1f}L{1:.1f},{2:.1f}\"/>", at - size,
        at + size, middle - size, middle + size);
  }

  void blocks() {
    history_->for_each_attempt([this](const Attempt& attempt) {
      if (!attempt.started || attempt.worker >= rows_) return;
      const std::string failure = attempt.failure ? fmt::format(", {}", name_of(*attempt.failure)) : "";
      block(
          attempt.worker, x(*attempt.started), x(attempt.ended()), look_of(attempt),
          fmt::format("{}, {}{}", escaped(history_->call_of(attempt.index)), duration_text(attempt.duration), failure));
    });
  }

  /// The load of each column, as a part of its height.
  void cells() {
    const Cells cells(*history_, rows_, columns);
    const double column = inner / columns;
    for (std::uint32_t row = 0; row < rows_; ++row) {
      out_ += "<path class=\"run\" d=\"";
      for (std::size_t step = 0; step < columns; ++step) {
        if (cells.busy(row, step) == 0) continue;
        const double part = block_height() * cells.busy(row, step) / 255;
        add("M{:.1f},{:.1f}h{:.2f}v{:.1f}h-{:.2f}z", left + static_cast<double>(step) * column,
            y(row) + block_height() - part, column, part, column);
      }
      out_ += "\"/>";
      for (std::size_t step = 0; step < columns; ++step) {
        if (cells.has(row, step, Look::failed)) cross(row, left + (static_cast<double>(step) + 0.5) * column);
      }
    }
  }

  const History* history_;
  std::uint32_t rows_;
  double row_height_;
  std::int64_t wall_;
  std::string out_;
};

}  // namespace

std::string make_svg(const History& history) { return Picture(history)(); }

}  // namespace prun::report
