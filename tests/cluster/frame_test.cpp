#include "cluster/frame.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace prun::cluster;

namespace {

std::string two_frames() {
  std::string bytes;
  append_frame(bytes, FrameType::tasks, "abc");
  append_frame(bytes, FrameType::goodbye, "");
  return bytes;
}

}  // namespace

TEST_CASE("frames are read wherever the stream is cut") {
  const std::string bytes = two_frames();
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    FrameReader reader;
    std::string seen;
    for (const std::string& part : {bytes.substr(0, cut), bytes.substr(cut)}) {
      reader.feed(part);
      for (auto frame = reader.next(); frame && *frame; frame = reader.next()) {
        seen += std::to_string(static_cast<int>((*frame)->type)) + ":" + std::string((*frame)->body) + " ";
      }
    }
    CHECK(seen == "2:abc 20: ");
  }
}

TEST_CASE("text between frames is noticed at its first byte") {
  FrameReader reader;
  std::string bytes = two_frames();
  reader.feed(bytes + "W");
  CHECK(reader.next());
  CHECK(reader.next());
  CHECK_FALSE(reader.next());
}

TEST_CASE("a frame whose header has a wrong byte is refused") {
  for (const std::size_t at : {0U, 1U, 2U, 3U, 4U, 5U, 7U}) {
    std::string bytes = two_frames();
    bytes[at] = static_cast<char>(bytes[at] ^ 0x08);
    FrameReader reader;
    reader.feed(bytes);
    CAPTURE(at);
    CHECK_FALSE(reader.next());
  }
}

TEST_CASE("many frames pass through one reader") {
  FrameReader reader;
  const std::string body(1000, 'x');
  for (int i = 0; i < 1000; ++i) {
    std::string bytes;
    append_frame(bytes, FrameType::outcomes, body);
    reader.feed(bytes);
    if (i % 3 != 2) continue;
    for (int left = 3; left > 0; --left) {
      const auto frame = reader.next();
      REQUIRE(frame);
      REQUIRE(*frame);
      CHECK((*frame)->body == body);
    }
  }
}
