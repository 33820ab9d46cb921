#include "output/overlay.hpp"
#include "printed.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <system_error>
#include <thread>

using namespace prun;
using namespace prun::test;

namespace {

struct Pipe {
  Pipe() { REQUIRE(::pipe(ends) == 0); }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    close_reader();
    ::close(ends[1]);
  }
  void close_reader() {
    if (ends[0] >= 0) ::close(ends[0]);
    ends[0] = -1;
  }
  [[nodiscard]] int writer() const { return ends[1]; }
  int ends[2] = {-1, -1};
};

struct IgnoredSigpipe {
  IgnoredSigpipe() { std::signal(SIGPIPE, SIG_IGN); }
};

/// A pipe or a socket whose reader reads when it is told to.
class SlowReader {
 public:
  explicit SlowReader(bool socket) {
    REQUIRE((socket ? ::socketpair(AF_UNIX, SOCK_STREAM, 0, ends_) : ::pipe(ends_)) == 0);
    ::fcntl(ends_[0], F_SETFL, O_NONBLOCK);
  }
  SlowReader(const SlowReader&) = delete;
  SlowReader& operator=(const SlowReader&) = delete;
  ~SlowReader() {
    ::close(ends_[0]);
    ::close(ends_[1]);
  }
  [[nodiscard]] int writer() const { return ends_[1]; }
  bool read_some() {
    std::string block(50'000, '\0');
    const ssize_t got = ::read(ends_[0], block.data(), block.size());
    if (got > 0) received_.append(block, 0, static_cast<std::size_t>(got));
    return got > 0;
  }
  const std::string& all() {
    while (read_some()) {
    }
    return received_;
  }
  [[nodiscard]] const std::string& received() const { return received_; }

 private:
  int ends_[2] = {-1, -1};
  std::string received_;
};

std::string drain(int fd) {
  std::string all;
  char block[4096];
  for (ssize_t n = 0; (n = ::read(fd, block, sizeof block)) > 0;) all.append(block, static_cast<std::size_t>(n));
  return all;
}

const std::string line_of_100(99, 'x');

void write_lines(OutputBuffer& out, int lines) {
  for (int i = 0; i < lines && !out.closed(); ++i) out.write(line_of_100 + '\n');
}

}  // namespace

TEST_CASE("records wait for a flush or a full block") {
  const TemporaryFile file;
  OutputBuffer out(file.fd(), "a file");
  CHECK(out.empty());
  out.write("one\n");
  CHECK_FALSE(out.empty());
  CHECK(file.content().empty());
  out.flush();
  CHECK(out.empty());
  CHECK(file.content() == "one\n");
}

TEST_CASE("a record that is not committed is not written") {
  const TemporaryFile file;
  OutputBuffer out(file.fd(), "a file");
  out.write("one\n");
  out.record() += "half a li";
  out.flush();
  CHECK(file.content() == "one\n");
  out.record() += "ne\n";
  out.commit();
  out.flush();
  CHECK(file.content() == "one\nhalf a line\n");
}

TEST_CASE("a full block goes out at the end of a record and not above the block's size") {
  const TemporaryFile file;
  OutputBuffer out(file.fd(), "a file");
  write_lines(out, 656);
  const std::string written = file.content();
  CHECK(written.size() == 65500);
  CHECK(written.ends_with('\n'));
}

TEST_CASE("a record of any size passes whole") {
  const TemporaryFile file;
  OutputBuffer out(file.fd(), "a file");
  const std::string large(5'000'000, 'y');
  out.write("small\n");
  out.write(large);
  out.write("\nsmall\n");
  out.flush();
  CHECK(file.content() == "small\n" + large + "\nsmall\n");
}

TEST_CASE("everything arrives through a pipe, for any size of reads") {
  const IgnoredSigpipe ignored;
  for (const bool non_blocking : {false, true}) {
    CAPTURE(non_blocking);
    Pipe pipe;
    if (non_blocking) ::fcntl(pipe.writer(), F_SETFL, O_NONBLOCK);
    std::string received;
    std::thread reader([&] { received = drain(pipe.ends[0]); });
    {
      OutputBuffer out(pipe.writer(), "a pipe");
      write_lines(out, 20'000);
      out.flush();
    }
    ::close(std::exchange(pipe.ends[1], ::open("/dev/null", O_WRONLY)));
    reader.join();
    CHECK(received.size() == 2'000'000);
    CHECK(std::count(received.begin(), received.end(), '\n') == 20'000);
  }
}

TEST_CASE("a reader that left closes the output, without an error") {
  const IgnoredSigpipe ignored;
  Pipe pipe;
  OutputBuffer out(pipe.writer(), "a pipe");
  pipe.close_reader();
  out.write("lost\n");
  CHECK_FALSE(out.closed());
  out.flush();
  CHECK(out.closed());
  CHECK(out.empty());
  write_lines(out, 10'000);
  out.flush();
  CHECK(out.empty());
}

TEST_CASE("a full device is an error that names the output, once") {
  const int full = ::open("/dev/full", O_WRONLY);
  REQUIRE(full >= 0);
  {
    OutputBuffer out(full, "standard output");
    out.write("lost\n");
    CHECK_THROWS_WITH_AS(out.flush(), "cannot write to standard output: No space left on device", std::system_error);
    CHECK(out.closed());
    CHECK_NOTHROW(write_lines(out, 10'000));
    CHECK_NOTHROW(out.flush());
  }
  ::close(full);
}

TEST_CASE("a descriptor that is not open for writing is an error too") {
  OutputBuffer out(-1, "standard output");
  out.write("lost\n");
  CHECK_THROWS_WITH_AS(out.flush(), "cannot write to standard output: Bad file descriptor", std::system_error);
}

TEST_CASE("a file that fills up in the middle of a line is left with whole lines") {
  const TemporaryFile file;
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{1'050, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  OutputBuffer out(file.fd(), "a file");
  write_lines(out, 20);
  CHECK_THROWS_WITH_AS(out.flush(), "cannot write to a file: File too large", std::system_error);
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  CHECK(file.content().size() == 1'000);
}

TEST_CASE("committed output is written when the buffer is destroyed, but not by a child process") {
  const TemporaryFile file;
  {
    OutputBuffer out(file.fd(), "a file");
    out.write("one\n");
    const pid_t child = ::fork();
    if (child == 0) {
      out.~OutputBuffer();
      ::_exit(0);
    }
    ::waitpid(child, nullptr, 0);
    CHECK(file.content().empty());
  }
  CHECK(file.content() == "one\n");
}

TEST_CASE("output that a slow reader does not take waits, and arrives in order") {
  for (const bool socket : {false, true}) {
    CAPTURE(socket);
    SlowReader reader(socket);
    OutputBuffer out(reader.writer(), "an output", OutputBuffer::SlowReader::lets_wait);
    const TemporaryFile file;
    const std::string content(300'000, 'f');
    REQUIRE(::write(file.fd(), content.data(), content.size()) == 300'000);
    std::string told;
    const auto tell = [&](const std::string& text) {
      out.write(text);
      told += text;
    };
    for (int i = 0; i < 20'000; ++i) tell("line " + std::to_string(i) + '\n');
    out.copy_from({file.fd(), 100, 200'000, true});
    told += content.substr(0, 200'000);
    tell("between\n");
    out.supply(8, '\n', [left = 2](std::string& text) mutable { return text += "made\n", --left != 0; });
    told += "made\nmade\n";
    out.copy_from({file.fd(), 0, 300'000, false});
    told += content;
    tell("last\n");
    CHECK(out.waits_for_reader());
    CHECK(out.waiting_text() + out.waiting_files() + reader.received().size() <= told.size());
    while (!out.empty()) {
      reader.read_some();
      out.reader_is_ready();
      out.push();
    }
    CHECK(out.waiting_files() == 0);
    CHECK(reader.all() == told);
  }
}

TEST_CASE("a message begins on a new line, whatever came before it") {
  const TemporaryFile file;
  REQUIRE(::write(file.fd(), "from a file", 11) == 11);
  SlowReader reader(false);
  OutputBuffer out(reader.writer(), "an output", OutputBuffer::SlowReader::lets_wait);
  out.write_line("first\n");
  out.write("half");
  out.write_line("second\n");
  out.flush();
  out.write_line("third\n");
  out.write("half, and written");
  out.flush();
  out.write_line("fourth\n");
  out.copy_from({file.fd(), 0, 4, false});
  out.write_line("fifth\n");
  out.supply(4, 'e', [](std::string& text) {
    text += "made";
    return false;
  });
  out.write_line("sixth\n");
  out.flush();
  CHECK(reader.all() == "first\nhalf\nsecond\nthird\nhalf, and written\nfourth\nfrom\nfifth\nmade\nsixth\n");
}

TEST_CASE("an output for which nothing else is open is written without waiting in small steps") {
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  SlowReader reader(false);
  const rlimit none{0, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  OutputBuffer out(reader.writer(), "an output", OutputBuffer::SlowReader::lets_wait);
  ::setrlimit(RLIMIT_NOFILE, &before);
  write_lines(out, 20'000);
  CHECK(out.waits_for_reader());
  while (!out.empty()) {
    reader.read_some();
    out.reader_is_ready();
    out.push();
  }
  CHECK(reader.all().size() == 2'000'000);
}

TEST_CASE("the descriptor that others share is not changed") {
  const SlowReader reader(false);
  const int before = ::fcntl(reader.writer(), F_GETFL);
  OutputBuffer out(reader.writer(), "an output", OutputBuffer::SlowReader::lets_wait);
  write_lines(out, 20'000);
  CHECK(::fcntl(reader.writer(), F_GETFL) == before);
  CHECK(out.give_up_rest() > 0);
}

TEST_CASE("abandoned output is dropped, and the output is closed") {
  SlowReader reader(false);
  OutputBuffer out(reader.writer(), "an output", OutputBuffer::SlowReader::lets_wait);
  CHECK(out.give_up_rest() == 0);
  CHECK_FALSE(out.closed());
  write_lines(out, 20'000);
  const std::uint64_t left = out.give_up_rest();
  CHECK(out.closed());
  CHECK(out.empty());
  CHECK(reader.all().size() + left == 2'000'000);
}

TEST_CASE("two outputs to one place keep the order of their writes") {
  SlowReader reader(false);
  const int second = ::dup(reader.writer());
  {
    OutputBuffer out(reader.writer(), "an output", OutputBuffer::SlowReader::lets_wait);
    OutputBuffer err(second, "another", OutputBuffer::SlowReader::lets_wait);
    std::string told;
    for (int i = 0; i < 20'000; ++i) {
      OutputBuffer& one = i % 3 == 0 ? err : out;
      one.follow(i % 3 == 0 ? out : err);
      const std::string line = "line " + std::to_string(i) + '\n';
      one.write(line);
      told += line;
    }
    while (!out.empty() || !err.empty()) {
      reader.read_some();
      out.reader_is_ready();
      err.reader_is_ready();
      push(out, err);
    }
    CHECK(reader.all() == told);
  }
  ::close(second);
}

TEST_CASE("a line begins on its own line behind the half line of an output to the same place") {
  const TemporaryFile file;
  const int second = ::dup(file.fd());
  {
    OutputBuffer out(file.fd(), "an output");
    OutputBuffer err(second, "another");
    err.join(out);
    err.write_line("first\n");
    out.follow(err);
    out.write("half");
    err.write_line("second\n");
    err.write_line("third\n");
    out.follow(err);
    out.write("whole\n");
    err.write_line("fourth\n");
    err.write("half");
    err.write_line("fifth\n");
    out.follow(err);
    out.note_written_outside(true);
    err.write_line("sixth\n");
  }
  ::close(second);
  CHECK(file.content() == "first\nhalf\nsecond\nthird\nwhole\nfourth\nhalf\nfifth\n\nsixth\n");
}

TEST_CASE("a half line of an output to another place is none of a line's business") {
  const TemporaryFile file;
  const TemporaryFile other;
  OutputBuffer out(other.fd(), "an output");
  OutputBuffer err(file.fd(), "another");
  err.join(out);
  out.write("half");
  err.write_line("line\n");
  err.flush();
  CHECK(file.content() == "line\n");
  CHECK(other.content().empty());
}

TEST_CASE("an output to another place waits for no slow reader") {
  SlowReader reader(false);
  const TemporaryFile file;
  OutputBuffer out(reader.writer(), "an output", OutputBuffer::SlowReader::lets_wait);
  OutputBuffer err(file.fd(), "another", OutputBuffer::SlowReader::lets_wait);
  write_lines(out, 20'000);
  err.follow(out);
  err.write("told\n");
  err.push();
  CHECK(file.content() == "told\n");
  CHECK(out.give_up_rest() > 0);
}

TEST_CASE("a file that ends before its part does is an error") {
  const TemporaryFile file;
  REQUIRE(::write(file.fd(), "short", 5) == 5);
  for (const auto slow : {OutputBuffer::SlowReader::awaited, OutputBuffer::SlowReader::lets_wait}) {
    const TemporaryFile target;
    OutputBuffer out(target.fd(), "a file", slow);
    CHECK_THROWS_WITH_AS(out.copy_from({file.fd(), 0, 6, true}),
                         "cannot read a large output from its temporary file: Input/output error", std::system_error);
  }
}

namespace {

/// Something drawn on the terminal, which notes when it was asked to make way.
class Noting final : public Overlay {
 public:
  bool make_way() override {
    ++asked;
    return gives_way;
  }
  void wrote(char byte) override { last = byte; }
  [[nodiscard]] bool holds_back() const override { return holding; }
  int asked = 0;
  char last = 0;
  bool gives_way = true;
  bool holding = false;
};

}  // namespace

TEST_CASE("a drawing is cleared before an output writes, and is told the last byte") {
  SlowReader reader(false);
  OutputBuffer output(reader.writer(), "test", OutputBuffer::SlowReader::lets_wait);
  Noting overlay;
  output.share_terminal(&overlay);
  output.write("half");
  CHECK(overlay.asked == 0);
  output.push();
  CHECK(overlay.asked == 1);
  CHECK(overlay.last == 'f');
  output.share_terminal(nullptr);
  output.write(" a line\n");
  output.push();
  CHECK(overlay.asked == 1);
}

TEST_CASE("an output waits while the drawing cannot be cleared, or holds it back") {
  SlowReader reader(false);
  OutputBuffer output(reader.writer(), "test", OutputBuffer::SlowReader::lets_wait);
  Noting overlay;
  overlay.gives_way = false;
  output.share_terminal(&overlay);
  output.write("result\n");
  output.push();
  CHECK(output.waits_for_reader());
  overlay.gives_way = true;
  overlay.holding = true;
  output.reader_is_ready();
  output.push();
  CHECK_FALSE(output.empty());
  overlay.holding = false;
  output.push();
  CHECK(output.empty());
  output.share_terminal(nullptr);
}
