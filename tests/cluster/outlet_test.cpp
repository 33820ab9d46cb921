#include "cluster/outlet.hpp"

#include "cluster/frame.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace prun::cluster;

namespace {

/// An outlet whose pipe is read by the test.
struct Way {
  Way() {
    std::array<int, 2> fds{};
    REQUIRE(::pipe2(fds.data(), O_CLOEXEC | O_NONBLOCK) == 0);
    read.reset(fds[0]);
    outlet = std::make_unique<Outlet>(prun::sys::Fd(fds[1]));
  }
  /// Takes what is in the pipe.
  std::string take() const {
    std::string all(1 << 20, 0);
    const ssize_t got = ::read(read.get(), all.data(), all.size());
    all.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return all;
  }
  prun::sys::Fd read;
  std::unique_ptr<Outlet> outlet;
};

}  // namespace

TEST_CASE("many outlets send one copy of the same bytes, and let it go at the end") {
  const auto bytes = std::make_shared<const std::string>(3'000'000, 'x');
  std::vector<Way> ways(3);
  for (const Way& way : ways) {
    way.outlet->add_bytes(bytes);
    way.outlet->flush();
  }
  CHECK(bytes.use_count() == 4);
  for (const Way& way : ways) {
    std::string all;
    while (way.outlet->waits()) {
      all += way.take();
      CHECK(way.outlet->flush());
    }
    all += way.take();
    CHECK(all == *bytes);
  }
  CHECK(bytes.use_count() == 1);
}

TEST_CASE("frames and beats go behind bytes that are no frame, and never between them") {
  const Way way;
  const auto bytes = std::make_shared<const std::string>(300'000, 'x');
  way.outlet->add_bytes(bytes);
  way.outlet->flush();
  way.outlet->beat();
  way.outlet->add(FrameType::stop, "body");
  std::string all;
  while (way.outlet->waits()) {
    all += way.take();
    way.outlet->flush();
  }
  all += way.take();
  REQUIRE(all.size() == bytes->size() + frame_header_size + 4);
  CHECK(all.starts_with(*bytes));
  CHECK(all.ends_with("body"));
}

TEST_CASE("a full pipe moves nothing, and beats do not count as moved bytes") {
  const Way way;
  way.outlet->beat();
  CHECK(way.outlet->last_moved() == std::chrono::steady_clock::time_point{});
  way.outlet->add_bytes(std::make_shared<const std::string>(300'000, 'x'));
  way.outlet->flush();
  const auto moved = way.outlet->last_moved();
  CHECK(moved != std::chrono::steady_clock::time_point{});
  way.outlet->flush();
  CHECK(way.outlet->last_moved() == moved);
  static_cast<void>(way.take());
  way.outlet->flush();
  CHECK(way.outlet->last_moved() > moved);
}
