#include "sys/file_copy.hpp"

#include "sys/fd.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <string>
#include <system_error>

using prun::sys::copy_from_file;
using prun::sys::Fd;
using prun::sys::move_from_pipe;

namespace {

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
    read = Fd(ends[0]);
    write = Fd(ends[1]);
  }
  Fd read;
  Fd write;
};

Fd file_with(const std::string& content, int flags = 0) {
  Fd file(::memfd_create("test", MFD_CLOEXEC));
  REQUIRE(::write(file.get(), content.data(), content.size()) == static_cast<ssize_t>(content.size()));
  REQUIRE(::fcntl(file.get(), F_SETFL, flags) == 0);
  return file;
}

std::string content_of(const Fd& file) {
  std::string content(100, '\0');
  const ssize_t got = ::pread(file.get(), content.data(), content.size(), 0);
  content.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return content;
}

std::string next_of(const Fd& pipe) {
  std::string bytes(100, '\0');
  const ssize_t got = ::read(pipe.get(), bytes.data(), bytes.size());
  bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return bytes;
}

}  // namespace

TEST_CASE("a part of a file is copied to a pipe, and to a file opened for appending") {
  const Fd file = file_with("abcdef");
  const Pipe pipe;
  CHECK(copy_from_file({file.get(), 2, 3}, pipe.write.get()) == 3);
  CHECK(next_of(pipe.read) == "cde");
  CHECK_THROWS_AS(static_cast<void>(copy_from_file({file.get(), 6, 3}, pipe.write.get())), std::system_error);
  const Fd appended = file_with("x", O_APPEND);
  CHECK(copy_from_file({file.get(), 0, 100}, appended.get()) == 6);
  CHECK(content_of(appended) == "xabcdef");
}

TEST_CASE("the contents of a pipe are copied to a pipe, and to a file opened for appending, until its end") {
  for (const bool append : {false, true}) {
    CAPTURE(append);
    Pipe from;
    const Pipe to;
    const Fd file = file_with("x", O_APPEND);
    REQUIRE(::write(from.write.get(), "abc", 3) == 3);
    const int target = append ? file.get() : to.write.get();
    CHECK(move_from_pipe(from.read.get(), target, 2) == 2);
    CHECK(move_from_pipe(from.read.get(), target, 2) == 1);
    CHECK((append ? content_of(file) : next_of(to.read)) == (append ? "xabc" : "abc"));
    from.write.reset();
    CHECK(move_from_pipe(from.read.get(), target, 2) == 0);
  }
}

TEST_CASE("writing without a reader fails with EPIPE") {
  (void)std::signal(SIGPIPE, SIG_IGN);
  const Pipe from;
  Pipe to;
  to.read.reset();
  REQUIRE(::write(from.write.get(), "abc", 3) == 3);
  errno = 0;
  CHECK(move_from_pipe(from.read.get(), to.write.get(), 3) == -1);
  CHECK(errno == EPIPE);
}
