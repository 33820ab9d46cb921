// Bytes of any kind as a journal: it is refused with a message, or it is read, looked at and gone on with as a whole one. No
// crash, no endless loop. The first byte says what of the rest lies where in a sound journal; 0: the rest is the whole file.
#include "../support/fake_run.hpp"
#include "command/spilled_files.hpp"
#include "function/registry.hpp"
#include "journal/journal.hpp"
#include "journal/journal_source.hpp"
#include "journal/summary.hpp"
#include "wire/value.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>

namespace {

using namespace prun;

Registry& builtins() {
  static const auto registry = [] {
    auto made = std::make_unique<Registry>();
    add_builtin_functions(*made);
    return made;
  }();
  return *registry;
}

std::string folder() {
  static const std::string made = [] {
    const std::string parent = std::filesystem::exists("/dev/shm") ? "/dev/shm" : "/tmp";
    std::string path = parent + "/prun-journal-fuzz-XXXXXX";
    if (::mkdtemp(path.data()) == nullptr) std::abort();
    return path;
  }();
  return made;
}

journal::RunRecord a_run() {
  journal::RunRecord run;
  run.mode = "imap";
  run.command = {"prun"};
  run.directory = "/";
  run.version = "fuzz";
  return run;
}

void note_some(journal::Journal& journal) {
  const Function& identity = *builtins().find("identity");
  std::string args;
  wire::ValueWriter writer(args);
  writer.array(1);
  writer.string("text");
  const IntRange range{1, 1, 4};
  journal.on_event(RangeRead{0, identity, range});
  const Task task{&identity, args, {}, {}, {}};
  journal.on_event(TaskRead{4, task});
  journal.on_event(InputEnded{5, true});
  class NoTexts final : public TaskTexts {
    std::string call_of(std::uint64_t) override { return {}; }
  } texts;
  const detail::AttemptInfo info;
  Failure failure;
  failure.message = "why";
  journal.on_event(AttemptEnded{0, identity, std::string_view("\x01", 1), nullptr, info, true, texts});
  journal.on_event(AttemptEnded{1, identity, {}, &failure, info, true, texts});
  journal.on_event(AttemptEnded{4, identity, args, nullptr, info, true, texts});
}

std::string sound_journal() {
  const std::string path = folder() + "/sound";
  command::SpilledFiles spilled;
  {
    journal::Journal journal({path, false, false}, a_run(), spilled);
    journal.start(test::FakeRun());
    note_some(journal);
    journal.finish();
    journal.end("done");
  }
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Pieces of the input, each with the place where it goes: 3 bytes of place, 1 of size.
std::string damaged(std::string_view pieces) {
  static const std::string sound = sound_journal();
  std::string bytes = sound;
  while (pieces.size() > 4) {
    std::uint32_t head = 0;
    std::memcpy(&head, pieces.data(), 4);
    pieces.remove_prefix(4);
    const std::size_t at = (head & 0xffffff) % bytes.size();
    const std::size_t size = std::min({std::size_t{head >> 24}, pieces.size(), bytes.size() - at});
    bytes.replace(at, size, pieces.substr(0, size));
    pieces.remove_prefix(size);
  }
  return bytes;
}

void go_on_with(const std::string& path, bool failed_too) {
  command::SpilledFiles spilled;
  journal::Journal journal({path, true, failed_too}, a_run(), spilled);
  journal::JournalSource source(journal.file(), builtins(), nullptr);
  journal.start(test::FakeRun());
  Task task;
  for (std::uint64_t index = 0; index < 64; ++index) {
    if (journal.next_recorded(index) == index) {
      const RecordedOutcome outcome = journal.take_recorded(index, *builtins().find("identity"));
      if (!outcome.failure && !wire::is_value(outcome.value)) std::abort();
    }
    if (source.next(task) == Pull::end) break;
    journal.find(index, task);
    journal.on_event(TaskRead{index, task});
  }
  journal.finish();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view rest(static_cast<const char*>(static_cast<const void*>(data + 1)), size - 1);
  const std::string path = folder() + "/j";
  for (const char* more : {"", "-wal", "-shm", "-journal"}) std::filesystem::remove(path + more);
  std::ofstream(path, std::ios::binary) << (data[0] == 0 ? std::string(rest) : damaged(rest));
  for (const int use : {0, 1, 2}) {
    try {
      if (use == 0) {
        journal::JournalFile file(path, journal::JournalFile::Use::look_at);
        static_cast<void>(journal::summarize(file, 10));
      } else {
        go_on_with(path, use == 2);
      }
    } catch (const journal::JournalError& error) {
      if (std::strlen(error.what()) == 0) std::abort();
    }
  }
  return 0;
}
