// A power cut in simulation: every write of two real runs - one that is halted half-way, one that goes on - is recorded, and
// the power is cut behind each of them, with what was not synced kept, lost, torn or kept in part. Each time the journal must be
// sound, have everything that was durable, and be gone on with to a whole output.
#include "event/event_stream.hpp"
#include "journal/journal_support.hpp"
#include "journal/recording_vfs_support.hpp"

#include "event/task_event.hpp"
#include "input/open_source.hpp"
#include "run/run.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace prun;
using namespace prun::test;

namespace {

constexpr std::uint64_t tasks = 240;
constexpr std::uint64_t halted_after = 120;
constexpr std::uint64_t in_a_batch = 20;

class Told final : public Listener {
 public:
  void on_task(const TaskEvent& event) override {
    indexes.push_back(event.index);
    right = right && event.failure == nullptr && event.value == value(static_cast<std::int64_t>(event.index + 1));
    if (then) then();
  }
  std::vector<std::uint64_t> indexes;
  bool right = true;
  std::function<void()> then;
};

/// A real run of identity 1..240 with the journal, over threads.
void run_with_journal(const std::string& path, Told& told, std::uint64_t halt_after,
                      const std::function<void(journal::Journal&)>& each) {
  command::SpilledFiles spilled;
  journal::Journal journal({path, true, false}, a_run(), spilled);
  if (each) told.then = [&] { each(journal); };
  InputOptions input;
  input.words = {"identity", "1.." + std::to_string(tasks)};
  const auto source = open_source(input, builtins());
  REQUIRE(source);
  RunOptions options;
  options.mode = Mode::imap;
  options.threads = true;
  options.window_tasks = 8;
  EventStream events;
  events.add(journal);
  options.events = &events;
  options.recorded = &journal;
  if (halt_after != 0) options.halt = {HaltPolicy::When::soon, HaltPolicy::What::success, halt_after, 0};
  const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  {
    OutputBuffer out(nowhere, "out");
    OutputBuffer err(nowhere, "err");
    run(options, builtins(), **source, told, out, err);
  }
  ::close(nowhere);
  CHECK_FALSE(journal.problem());
  journal.end("done");
}

struct Recorded {
  std::vector<FileOperation> operations;
  std::vector<std::pair<std::size_t, std::uint64_t>> durable;  ///< so many tasks are, from that operation on
};

Recorded record_two_runs(const std::string& path) {
  Recorded recorded;
  RecordingVfs vfs;
  std::uint64_t told_in_all = 0;
  for (const std::uint64_t halt : {halted_after, std::uint64_t{0}}) {
    Told told;
    std::uint64_t seen = 0;
    run_with_journal(path, told, halt, [&](journal::Journal& journal) {
      if (++seen % in_a_batch != 0) return;
      journal.flush();
      told_in_all = std::max(told_in_all, seen);
      recorded.durable.emplace_back(vfs.position(), told_in_all);
    });
    CHECK(told.right);
    recorded.durable.emplace_back(vfs.position(), told.indexes.size());
  }
  recorded.operations = vfs.take();
  return recorded;
}

std::uint64_t durable_at(const Recorded& recorded, std::size_t count) {
  std::uint64_t most = 0;
  for (const auto& [position, number] : recorded.durable) {
    if (position <= count) most = std::max(most, number);
  }
  return most;
}

void write_files(const std::string& folder, const std::map<std::string, std::string>& files) {
  std::filesystem::remove_all(folder);
  std::filesystem::create_directory(folder);
  for (const auto& [name, content] : files) std::ofstream(folder + "/" + name, std::ios::binary) << content;
}

/// How many outcomes the journal has, all of the first tasks, each as it was.
std::uint64_t recovered(const std::string& path) {
  journal::JournalFile file(path, journal::JournalFile::Use::go_on);  // checks that it is sound
  journal::RecordedOutcomes outcomes(file.reader(), true, nullptr);
  std::uint64_t count = 0;
  for (std::uint64_t i = outcomes.next(0); i != RecordedRun::none; i = outcomes.next(i + 1)) {
    const RecordedOutcome outcome = outcomes.take(i, false);
    if (outcome.value != value(static_cast<std::int64_t>(i + 1))) return 0;
    ++count;
  }
  return count;
}

}  // namespace

TEST_CASE("whenever the power is cut, the journal is sound, has what was durable, and is gone on with") {
  const Folder folder(std::filesystem::exists("/dev/shm") ? "/dev/shm" : "");
  std::filesystem::create_directory(folder.file("run"));
  const Recorded recorded = record_two_runs(folder.file("run/j"));
  REQUIRE(recorded.operations.size() > 60);
  REQUIRE(recorded.durable.back().second == tasks);
  std::size_t cuts = 0;
  for (std::size_t count = 0; count <= recorded.operations.size(); ++count) {
    for (const Cut cut : {Cut::keeps_all, Cut::keeps_synced, Cut::tears_last, Cut::keeps_some}) {
      CAPTURE(count);
      CAPTURE(static_cast<int>(cut));
      const std::string path = folder.file("cut/j");
      write_files(folder.file("cut"), files_after(recorded.operations, count, cut));
      REQUIRE(recovered(path) >= durable_at(recorded, count));
      if (cut != Cut::keeps_some && count % 4 != 0) continue;  // going on takes longest
      Told told;
      run_with_journal(path, told, 0, nullptr);
      REQUIRE(told.right);
      REQUIRE(told.indexes.size() == tasks);
      REQUIRE(std::set<std::uint64_t>(told.indexes.begin(), told.indexes.end()).size() == tasks);
      REQUIRE(recovered(path) == tasks);
      ++cuts;
    }
  }
  CHECK(cuts > recorded.operations.size());
}
