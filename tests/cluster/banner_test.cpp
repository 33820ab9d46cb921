#include "cluster/banner.hpp"

#include <doctest/doctest.h>

using namespace prun::cluster;

namespace {

Banner banner() { return {protocol_version, "1.2.3", "abcdef", 8}; }

}  // namespace

TEST_CASE("a banner is found behind whatever a login shell prints") {
  for (const char* noise : {"", "Welcome!\n", "no newline", "#prun-agent nonsense\n", "\r\n\x1b[0m\n"}) {
    BannerReader reader;
    reader.feed(noise);
    reader.feed(banner_line(banner()) + "rest");
    const auto found = reader.find();
    CAPTURE(noise);
    REQUIRE(found);
    REQUIRE(*found);
    CHECK((*found)->version == "1.2.3");
    CHECK((*found)->build == "abcdef");
    CHECK((*found)->cpus == 8);
    CHECK(reader.rest() == "rest");
  }
}

TEST_CASE("a banner that is cut anywhere is not found too early") {
  const std::string line = banner_line(banner());
  for (std::size_t cut = 0; cut < line.size(); ++cut) {
    BannerReader reader;
    reader.feed(line.substr(0, cut));
    const auto early = reader.find();
    REQUIRE(early);
    CHECK_FALSE(*early);
    reader.feed(line.substr(cut));
    CHECK(*reader.find());
  }
}

TEST_CASE("a program that prints without end is given up") {
  BannerReader reader;
  for (int i = 0; i < 2000; ++i) reader.feed(std::string(1000, 'y') + "\n");
  CHECK_FALSE(reader.find());
}

TEST_CASE("the last line of a launcher that prints no banner explains it") {
  BannerReader reader;
  reader.feed("Welcome!\nsh: prun: not found\r\n\n");
  CHECK(reader.last_noise() == "sh: prun: not found");
}

TEST_CASE("another protocol and another build are named") {
  CHECK_FALSE(mismatch(banner(), banner()));
  Banner other = banner();
  other.build = "123456";
  CHECK(mismatch(banner(), other)->find("another build") != std::string::npos);
  BannerReader reader;
  reader.feed("\n#prun-agent 7 9.9.9 with new words\n");
  const auto found = reader.find();
  REQUIRE(*found);
  CHECK(*mismatch(banner(), **found) ==
        "its prun 9.9.9 speaks version 7 of the agents' protocol, and this prun 1.2.3 speaks version 1; use "
        "--copy-prun to send "
        "this prun, or --remote-prun to name the same build there");
}
