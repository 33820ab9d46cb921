// The outputs of a command whose background processes still write.
#include "command/command_streams.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <csignal>
#include <string>

using namespace prun::command;

namespace {

/// What is read of the stream until it ends.
std::string rest_of(OutputStream& stream) {
  while (stream.open()) stream.serve(POLLIN, 0);
  return std::string(stream.output({}).bytes);
}

}  // namespace

TEST_CASE("what was written before the end is read, and what is written behind it is not") {
  static_cast<void>(::signal(SIGPIPE, SIG_IGN));
  OutputStream stream(Streams::captured, STDOUT_FILENO, "", nullptr, {});
  const prun::sys::Fd background(::fcntl(stream.for_child(), F_DUPFD_CLOEXEC, 0));
  REQUIRE(::fcntl(background.get(), F_SETFL, O_NONBLOCK) == 0);
  stream.child_has_it();
  std::string before;
  const std::string line(1000, 'x');
  while (::write(background.get(), line.data(), line.size()) == static_cast<ssize_t>(line.size())) before += line;
  REQUIRE(before.size() > 4096);
  stream.serve(POLLIN, 0);
  REQUIRE(::write(background.get(), "last", 4) == 4);
  stream.end_here();
  CHECK(::write(background.get(), "behind", 6) == -1);
  CHECK(rest_of(stream) == before + "last");
}
