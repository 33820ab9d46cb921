// Lines of running commands on their way to a shared output.
#include "command/line_writer.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

#include <string>
#include <vector>

using namespace prun::command;

namespace {

/// What a writer with that tag makes of the pieces.
std::string written(const std::string& tag, const std::vector<std::string>& pieces) {
  const prun::sys::Fd file(::memfd_create("lines", MFD_CLOEXEC));
  REQUIRE(file.get() >= 0);
  OutputLock lock(file.get());
  LineWriter writer(tag, lock);
  for (const std::string& piece : pieces) writer.add(piece);
  writer.finish();
  std::string text(static_cast<std::size_t>(::lseek(file.get(), 0, SEEK_END)), '\0');
  CHECK(::pread(file.get(), text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()));
  return text;
}

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
    reader.reset(ends[0]);
    writer.reset(ends[1]);
  }
  /// What the pipe has now.
  std::string read_now() const {
    std::string text;
    std::array<char, 65536> block{};
    for (pollfd ready{reader.get(), POLLIN, 0}; ::poll(&ready, 1, 0) > 0 && (ready.revents & POLLIN) != 0;) {
      const ssize_t got = ::read(reader.get(), block.data(), block.size());
      if (got <= 0) break;
      text.append(block.data(), static_cast<std::size_t>(got));
    }
    return text;
  }
  prun::sys::Fd reader;
  prun::sys::Fd writer;
};

LineWriter::Clock::time_point time_now{};

LineWriter::Clock::time_point test_time() { return time_now; }

bool is_ready(pollfd wait) { return ::poll(&wait, 1, 0) > 0; }

}  // namespace

TEST_CASE("lines are written completely, each after the tag, and the last one gets a newline") {
  CHECK(written("", {"a\nb", "c\nd"}) == "a\nbc\nd\n");
  CHECK(written("t\t", {"a\nb", "c\n\nd"}) == "t\ta\nt\tbc\nt\t\nt\td\n");
  CHECK(written("t\t", {}).empty());
}

TEST_CASE("long lines among short ones keep their order and their tags") {
  const std::string longer(200'000, 'x');
  std::string lines = "first\n" + longer + "\nsecond\n";
  std::string tagged = "t\tfirst\nt\t" + longer + "\nt\tsecond\n";
  for (int i = 0; i < 30'000; ++i) {
    lines += "short\n";
    tagged += "t\tshort\n";
  }
  lines += longer;
  tagged += "t\t" + longer + "\n";
  CHECK(written("t\t", {lines}) == tagged);
  std::vector<std::string> pieces;
  for (std::size_t at = 0; at < lines.size(); at += 16384) pieces.push_back(lines.substr(at, 16384));
  CHECK(written("t\t", pieces) == tagged);
}

TEST_CASE("a writer does not wait for the reader: what is not accepted now stays until it is") {
  const Pipe pipe;
  OutputLock lock(pipe.writer.get());
  LineWriter writer("", lock);
  const std::string line(300'000, 'x');
  writer.add(line + "\n");
  REQUIRE(writer.waits());
  CHECK(writer.full());
  CHECK_FALSE(is_ready(writer.wait_for()));
  std::string seen;
  while (writer.waits()) {
    seen += pipe.read_now();
    REQUIRE(is_ready(writer.wait_for()));
    writer.write();
  }
  CHECK(seen + pipe.read_now() == line + "\n");
  CHECK_FALSE(writer.full());
}

TEST_CASE("no line comes between the parts of a line, and the next writer hears when it is written") {
  const Pipe pipe;
  OutputLock lock(pipe.writer.get());
  LineWriter first("", lock);
  LineWriter second("", lock);
  const std::string line(100'000, 'x');
  first.add(line + "\n");
  second.add("second\n");
  CHECK(second.longest_wait() == OutputLock::longest_wait);
  CHECK_FALSE(is_ready(second.wait_for()));
  std::string seen = pipe.read_now();
  first.write();
  CHECK_FALSE(first.waits());
  CHECK(is_ready(second.wait_for()));
  second.write();
  CHECK_FALSE(second.waits());
  CHECK(seen + pipe.read_now() == line + "\nsecond\n");
}

TEST_CASE("a process that dies within a line leaves the output to the others, which begin a new line") {
  const Pipe pipe;
  OutputLock lock(pipe.writer.get());
  const std::string line(100'000, 'x');
  const pid_t child = ::fork();
  if (child == 0) {
    LineWriter writer("", lock);
    writer.add(line + "\n");
    ::kill(::getpid(), SIGKILL);
  }
  REQUIRE(child > 0);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));
  const std::string part = pipe.read_now();
  CHECK(part.size() < line.size());
  LineWriter writer("", lock);
  writer.add("next\n");
  writer.add("last\n");
  CHECK_FALSE(writer.waits());
  CHECK(pipe.read_now() == "\nnext\nlast\n");
}

TEST_CASE("a writer with more and more lines lets others write between its turns") {
  const Pipe pipe;
  OutputLock lock(pipe.writer.get());
  LineWriter fast("", lock, nullptr, test_time);
  LineWriter other("", lock);
  const std::string line = std::string(100'000, 'x') + "\n";
  fast.add(line);
  other.add("other\n");
  fast.add("later\n");
  std::string seen;
  while (other.waits()) {
    seen += pipe.read_now();
    fast.add("and more\n");
    other.write();
  }
  fast.write();
  CHECK_FALSE(fast.waits());
  seen += pipe.read_now();
  CHECK(seen.starts_with(line + "other\nlater\nand more\n"));
  CHECK(seen.find("other") < seen.find("later"));
}

TEST_CASE("a writer does not give way again to one that is counted as waiting and does not come") {
  const Pipe pipe;
  OutputLock lock(pipe.writer.get());
  LineWriter writer("", lock, nullptr, test_time);
  lock.begin_waiting();
  writer.add("first\n");
  writer.add("second\n");
  CHECK(writer.longest_wait() == LineWriter::longest_pause);
  CHECK_FALSE(is_ready(writer.wait_for()));
  time_now += LineWriter::longest_pause;
  writer.write();
  writer.add("third\n");
  CHECK_FALSE(writer.waits());
  time_now += OutputLock::longest_wait;  // who lives has tried by now
  writer.add("fourth\n");
  writer.add("fifth\n");
  CHECK(writer.longest_wait() == LineWriter::longest_pause);
  CHECK(pipe.read_now() == "first\nsecond\nthird\nfourth\n");
}

TEST_CASE("what is written does not stay in memory while more is added") {
  const Pipe pipe;
  OutputLock lock(pipe.writer.get());
  LineWriter writer("", lock);
  const std::string line = std::string(40'000, 'x') + "\n";
  std::size_t seen = 0;
  for (int i = 0; i < 100; ++i) {
    writer.add(line);
    seen += pipe.read_now().size();
    writer.write();
    CHECK(writer.memory() < 10 * line.size());
  }
  while (writer.waits()) {
    seen += pipe.read_now().size();
    writer.write();
  }
  CHECK(seen + pipe.read_now().size() == 100 * line.size());
}

TEST_CASE("a reader of one output that does not read keeps nobody from the other output") {
  const Pipe slow;
  const Pipe other;
  OutputLock slow_lock(slow.writer.get());
  OutputLock other_lock(other.writer.get());
  LineWriter to_slow("", slow_lock);
  LineWriter to_other("", other_lock);
  to_slow.add(std::string(100'000, 'x') + "\n");
  REQUIRE(to_slow.waits());
  to_other.add("line\n");
  CHECK_FALSE(to_other.waits());
  CHECK(other.read_now() == "line\n");
}
