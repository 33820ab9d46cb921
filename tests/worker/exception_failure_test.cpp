#include "worker/exception_failure.hpp"

#include <prun/error.hpp>

#include <doctest/doctest.h>

#include <unistd.h>

#include <stdexcept>
#include <string>

using prun::Failure;
using prun::FailureKind;
using prun::worker::failure_of;

namespace own {
struct Error : std::runtime_error {
  using std::runtime_error::runtime_error;
};
struct NoException {};
}  // namespace own

namespace {

template <class Thrown>
Failure thrown(Thrown what) {
  try {
    throw what;
  } catch (...) {
    return failure_of(std::current_exception());
  }
}

}  // namespace

TEST_CASE("an exception keeps its type, its message and the process that threw it") {
  const Failure failure = thrown(own::Error("no such thing"));
  CHECK(failure.kind == FailureKind::exception);
  CHECK(failure.type == "own::Error");
  CHECK(failure.message == "no such thing");
  CHECK(failure.pid == ::getpid());
}

TEST_CASE("standard types have their usual names") {
  CHECK(thrown(std::out_of_range("x")).type == "std::out_of_range");
  CHECK(thrown(std::bad_alloc()).type == "std::bad_alloc");
}

TEST_CASE("an exception that is not a std::exception is named by its type") {
  CHECK(thrown(own::NoException{}).type == "own::NoException");
  CHECK(thrown(42).type == "int");
  CHECK(thrown(42).message == "not a std::exception");
}

TEST_CASE("arguments and results that cannot be read or written are failures of their own kind") {
  CHECK(thrown(prun::ArgumentError("bad")).kind == FailureKind::bad_arguments);
  CHECK(thrown(prun::SerializationError("bad")).kind == FailureKind::bad_result);
}

TEST_CASE("a message may be long and hold anything") {
  const std::string message = std::string(std::size_t{1} << 20, 'm') + "\xff\n";
  CHECK(thrown(own::Error(message)).message == message);
}
