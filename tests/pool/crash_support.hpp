// A value that brings its process down, or throws, at a chosen stage of its way to a worker and back.
#pragma once

#include "pool_support.hpp"

#include <signal.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string>

namespace prun::test {

enum class Stage : std::uint8_t { argument_encode, argument_decode, run, result_encode, result_decode };
enum class Fault : std::uint8_t { none, exception, exit, quick_exit, segv, kill };

constexpr std::array worker_stages{Stage::argument_decode, Stage::run, Stage::result_encode};
constexpr std::array crashes{Fault::exit, Fault::quick_exit, Fault::segv, Fault::kill};

constexpr const char* name_of(Stage stage) {
  constexpr std::array names{"argument encode", "argument decode", "run", "result encode", "result decode"};
  return names.at(static_cast<std::size_t>(stage));
}
constexpr const char* name_of(Fault fault) {
  constexpr std::array names{"none", "exception", "exit", "_exit", "SIGSEGV", "SIGKILL"};
  return names.at(static_cast<std::size_t>(fault));
}

inline void strike(Fault fault) {
  switch (fault) {
    case Fault::none: return;
    case Fault::exception: throw std::runtime_error("this is only a test");
    case Fault::exit: std::exit(7);  // NOLINT(concurrency-mt-unsafe)
    case Fault::quick_exit: ::_exit(7);
    case Fault::segv: ::raise(SIGSEGV); return;
    case Fault::kill: ::raise(SIGKILL); return;
  }
}

struct Bomb {
  Fault fault = Fault::none;
  Stage stage = Stage::run;
  bool is_result = false;
  std::string pad;

  void pass(Stage now) const {
    if (now == stage) strike(fault);
  }
  template <class Archive>
  void save(Archive& archive) const {
    pass(is_result ? Stage::result_encode : Stage::argument_encode);
    archive(fault, stage, is_result, pad);
  }
  template <class Archive>
  void load(Archive& archive) {
    archive(fault, stage, is_result, pad);
    pass(is_result ? Stage::result_decode : Stage::argument_decode);
  }
};

inline Bomb carry(Bomb bomb) {
  bomb.pass(Stage::run);
  bomb.is_result = true;
  return bomb;
}

}  // namespace prun::test
