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

void Recording::read(std::uint64_t index, const Task& task) {
  journal.find(index, task);
  journal.on_event(TaskRead{index, task});
}

void Recording::read(std::uint64_t first_index, const Function& function, const IntRange& range) {
  journal.find(first_index, function, range);
  journal.on_event(RangeRead{first_index, function, range});
}

void Recording::end_input(std::uint64_t count) {
  journal.find_end(count);
  journal.on_event(InputEnded{count, true});
}

void Recording::tell(std::uint64_t index, std::string_view value, const Failure* failure,
                     const detail::AttemptInfo& info, bool final) {
  class NoTexts final : public TaskTexts {
    std::string call_of(std::uint64_t) override { return {}; }
  } texts;
  journal.on_event(AttemptEnded{index, builtin("identity"), value, failure, info, final, texts});
}

}  // namespace prun::test
