// Blocks that are written by a thread of its own.
#include "trace/byte_output.hpp"

#include "trace_run.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <stdexcept>
#include <string>

using namespace prun;
using namespace prun::trace;

namespace {

class FullDisk final : public ByteOutput {
 public:
  void write(std::string_view /*bytes*/) override { throw std::runtime_error("no space"); }
  void finish() override { finished = true; }
  bool finished = false;
};

}  // namespace

TEST_CASE("output written in the background is the same, in the same order") {
  test::KeptBytes kept;
  std::string expected;
  if (const auto output = make_background_output(kept)) {
    for (int i = 0; i < 1000; ++i) {
      std::string block = std::to_string(i) + ' ';
      expected += block;
      output->take(block);
      CHECK(block.empty());
    }
    output->write("end");
    output->finish();
    CHECK(kept.finished);
    CHECK(kept.bytes == expected + "end");
  }
}

TEST_CASE("an error in the background is thrown at the end at the latest, and the output is not finished") {
  FullDisk disk;
  if (const auto output = make_background_output(disk)) {
    const auto use = [&output] {
      for (int i = 0; i < 100; ++i) output->write("bytes");
      output->finish();
    };
    CHECK_THROWS_WITH(use(), "no space");
    CHECK_FALSE(disk.finished);
  }
}

TEST_CASE("a background output that is not finished ends with its user") {
  test::KeptBytes kept;
  {
    const auto output = make_background_output(kept);
    if (output) output->write("bytes");
  }
  CHECK_FALSE(kept.finished);
}
