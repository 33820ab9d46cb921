#include "progress/progress.hpp"

#include "event/printable.hpp"
#include "progress/frame.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace prun {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds between_looks{1};  // for lines of text
constexpr seconds between_lines{30};
constexpr std::size_t least_columns = 10;

unsigned tenth_of(const Snapshot& snapshot) {
  if (!snapshot.total || *snapshot.total == 0) return 0;
  return static_cast<unsigned>(10.0 * static_cast<double>(snapshot.done) / static_cast<double>(*snapshot.total));
}

}  // namespace

Progress::Progress(const ProgressPlan& plan, std::optional<std::uint64_t> total, const Outputs& outputs,
                   const Place& place, Now now)
    : plan_(plan), total_(total), outputs_(outputs), place_(place), now_(std::move(now)) {
  const bool drawn = plan.style == ProgressStyle::bar || plan.style == ProgressStyle::rows;
  if (drawn && place.screen != nullptr) drawing_.emplace(*place.screen, place.shared);
}

Progress::~Progress() {
  before_end();
  outputs_.out->share_terminal(nullptr);
  outputs_.err->share_terminal(nullptr);
}

void Progress::on_event(const RunEvent& event) {
  if (!watch_) return;
  if (const auto* call = std::get_if<CallMeasured>(&event)) return watch_->on(*call);
  if (const auto* recalled = std::get_if<OutcomeRecalled>(&event)) watch_->on(*recalled);
}

void Progress::start(const RunView& view) {
  view_ = &view;
  watch_.emplace(view, total_, now_);
  begun_ = last_line_ = now_();
  next_ = begun_ + std::max<std::chrono::nanoseconds>(plan_.after, draws() ? Drawing::least_pause : milliseconds(1000));
  if (plan_.style == ProgressStyle::json) print_json(false);
}

void Progress::on_time() {
  if (!watch_ || !next_) return;
  const auto now = now_();
  switch (plan_.style) {
    case ProgressStyle::bar:
    case ProgressStyle::rows:
      if (draws()) draw();
      next_ = now + Drawing::least_pause;
      break;
    case ProgressStyle::plain:
      print_plain();
      next_ = now + between_looks;
      break;
    case ProgressStyle::json:
      print_json(false);
      next_ = now + between_looks;
      break;
    case ProgressStyle::automatic:
    case ProgressStyle::none: next_.reset(); break;
  }
}

// Results that waited for this moment are written first. The drawing is cleared before them and redrawn after them.
void Progress::draw() {
  drawing_->hold_back_until({});
  push(*outputs_.out, *outputs_.err);
  if (a_task_writes()) return;
  const Screen::Size size = place_.screen->size();
  if (size.columns < least_columns) return drawing_->clear();
  const std::size_t columns = size.columns - 1;  // the last column would wrap in some terminals
  const bool rows = plan_.style == ProgressStyle::rows;
  const std::size_t lines = rows ? std::max<std::size_t>(size.lines, 3) - 2 : 1;
  const Snapshot snapshot = watch_->look(now_(), rows ? lines : 1, rows);
  drawing_->draw(rows ? bar_and_rows(snapshot, columns, lines) : std::vector{bar(snapshot, columns)}, size, now_());
}

/// The task that is next in output order may write a large output directly, while it runs.
bool Progress::a_task_writes() const {
  const auto task = place_.shared != nullptr ? place_.shared->writing_task() : std::nullopt;
  if (!task) return false;
  const auto workers = view_->workers();
  return std::any_of(workers.begin(), workers.end(),
                     [task](const auto& worker) { return worker.call && worker.call->index == *task; });
}

// Prints every 30 s, or when another tenth is done.
void Progress::print_plain() {
  const auto now = now_();
  const Snapshot snapshot = watch_->look(now, 0, false);
  if (now - last_line_ < between_lines && tenth_of(snapshot) == last_tenth_) return;
  last_line_ = now;
  last_tenth_ = tenth_of(snapshot);
  print(message_line(plain_line(snapshot)));
}

void Progress::print_json(bool end) { print(json_line(watch_->look(now_(), 1, false), end) + '\n'); }

// If the reader has not taken the last line, the new line is dropped.
void Progress::print(std::string_view line) {
  outputs_.lines->push();
  if (outputs_.lines != outputs_.err && !outputs_.lines->empty()) return;
  outputs_.lines->write(line);
  outputs_.lines->push();
}

void Progress::before_pause() {
  if (draws()) drawing_->clear();
}

void Progress::before_end() {
  if (draws()) {
    drawing_->clear();
    drawing_->hold_back_until({});
  }
  if (plan_.style != ProgressStyle::json) next_.reset();
}

void Progress::finish() {
  if (watch_ && plan_.style == ProgressStyle::json) print_json(true);
  next_.reset();
  watch_.reset();
}

}  // namespace prun
