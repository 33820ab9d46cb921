#include "printed.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/resource.h>
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

TEST_CASE("everything arrives through a pipe, whatever the sizes of its reads") {
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

TEST_CASE("what was committed is written at the end of the buffer's life, but not by a child process") {
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

TEST_CASE("a signal during a write that waits for its reader asks whether to give up") {
  struct sigaction action {};
  struct sigaction before {};
  action.sa_handler = [](int) {};  // without SA_RESTART
  ::sigaction(SIGALRM, &action, &before);
  Pipe pipe;
  int asked = 0;
  OutputBuffer out(pipe.writer(), "a pipe", [&] { return ++asked == 2; });
  const itimerval soon{{0, 1000}, {0, 1000}};
  ::setitimer(ITIMER_REAL, &soon, nullptr);
  write_lines(out, 20'000);
  const itimerval never{};
  ::setitimer(ITIMER_REAL, &never, nullptr);
  ::sigaction(SIGALRM, &before, nullptr);
  CHECK(asked == 2);
  CHECK(out.closed());
  CHECK(out.empty());
}
