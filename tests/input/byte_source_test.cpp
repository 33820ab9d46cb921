// Bytes from files and pipes, without waiting.
#include "input/lines/byte_source.hpp"
#include "input/source_support.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <string>

#include <fcntl.h>
#include <unistd.h>

namespace prun {
namespace {

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
    read.reset(ends[0]);
    write.reset(ends[1]);
  }
  void send(std::string_view text) const {
    REQUIRE(::write(write.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }
  sys::Fd read;
  sys::Fd write;
};

TEST_CASE("an empty pipe blocks, and says what to wait on") {
  const Pipe pipe;
  auto source = FileBytes::borrow(pipe.read.get());
  REQUIRE(source);
  std::array<char, 8> room{};
  std::size_t size = 0;
  CHECK(source->wait_fd() == pipe.read.get());
  CHECK(source->read(room, size) == ByteSource::Got::blocked);
  pipe.send("abc");
  CHECK(source->read(room, size) == ByteSource::Got::bytes);
  CHECK(size == 3);
  CHECK(source->read(room, size) == ByteSource::Got::blocked);
  CHECK((::fcntl(pipe.read.get(), F_GETFL) & O_NONBLOCK) == 0);
}

TEST_CASE("a closed pipe ends") {
  Pipe pipe;
  pipe.write.reset();
  auto source = FileBytes::borrow(pipe.read.get());
  std::array<char, 8> room{};
  std::size_t size = 0;
  CHECK(source->read(room, size) == ByteSource::Got::end);
}

TEST_CASE("a descriptor that cannot be read fails with the system's words") {
  const Pipe pipe;
  auto source = FileBytes::borrow(pipe.write.get());
  REQUIRE(source);
  std::array<char, 8> room{};
  std::size_t size = 0;
  pipe.send("x");
  const auto got = source->read(room, size);
  CHECK((got == ByteSource::Got::failed || got == ByteSource::Got::blocked));
}

TEST_CASE("tasks are available as soon as their line is complete") {
  Pipe pipe;
  InputOptions options;
  options.stdin_fd = pipe.read.get();
  const auto source = open_source(options, builtins());
  REQUIRE(source);
  CHECK(drain(**source) == Lines{"blocked"});
  CHECK((*source)->wait_fd() == pipe.read.get());
  pipe.send("[\"fib\", 1]\n[\"fi");
  CHECK(drain(**source) == Lines{"fib[1]", "blocked"});
  pipe.send("b\", 2]");
  CHECK(drain(**source) == Lines{"blocked"});
  pipe.write.reset();
  CHECK(drain(**source) == Lines{"fib[2]"});
  CHECK(drain(**source) == Lines{});
}

TEST_CASE("standard input among other inputs is read in its turn") {
  Pipe pipe;
  InputOptions options;
  options.stdin_fd = pipe.read.get();
  options.words = {"fib", "1..2", "-", "9"};
  const auto source = open_source(options, builtins());
  REQUIRE(source);
  CHECK(!(*source)->remaining());
  CHECK(drain(**source) == Lines{"fib[1]", "fib[2]", "blocked"});
  pipe.send("5\n");
  pipe.write.reset();
  CHECK(drain(**source) == Lines{"fib[5]", "fib[9]"});
}

TEST_CASE("memory hands out pieces") {
  MemoryBytes source("abcde", 2);
  std::array<char, 8> room{};
  std::size_t size = 0;
  std::string all;
  while (source.read(room, size) == ByteSource::Got::bytes) {
    CHECK(size <= 2);
    all.append(room.data(), size);
  }
  CHECK(all == "abcde");
}

}  // namespace
}  // namespace prun
