// See journal_support.hpp.
#include "journal/journal_support.hpp"

#include "support/fake_run.hpp"

namespace prun::test {

Task task(std::int64_t number) { return task_of("[" + std::to_string(number) + "]"); }

Task task_of(std::string_view args_json) { return Task{&builtin("identity"), json_value(args_json), {}, {}, {}}; }

journal::RunRecord a_run() {
  journal::RunRecord run;
  run.mode = "imap";
  run.command = {"prun", "imap", "identity", "1..3"};
  run.directory = "/";
  run.version = "test";
  return run;
}

Recording::Recording(const std::string& path, bool resume, bool failed_too)
    : journal({path, resume, failed_too}, a_run(), spilled) {
  const FakeRun run;
  journal.start(run);
}

RecordedRun::Difference Recording::read(std::uint64_t index, const Task& task) {
  auto difference = journal.compare(index, task);
  if (!difference) journal.on_event(TaskRead{index, task});
  return difference;
}

RecordedRun::Difference Recording::read(std::uint64_t first_index, const Function& function, const IntRange& range) {
  auto difference = journal.compare(first_index, function, range);
  if (!difference) journal.on_event(RangeRead{first_index, function, range});
  return difference;
}

RecordedRun::Difference Recording::end_input(std::uint64_t count) {
  auto difference = journal.compare_end(count);
  if (!difference) journal.on_event(InputEnded{count, true});
  return difference;
}

void Recording::tell(std::uint64_t index, std::string_view value, const Failure* failure,
                     const detail::AttemptInfo& info, bool final) {
  class NoTexts final : public TaskTexts {
    std::string call_of(std::uint64_t) override { return {}; }
  } texts;
  journal.on_event(AttemptEnded{index, builtin("identity"), value, failure, info, final, texts});
}

}  // namespace prun::test
