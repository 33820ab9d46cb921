// The parts of a path, by their placeholders.
#include "command/path_part.hpp"

#include <doctest/doctest.h>

#include <initializer_list>
#include <string>
#include <utility>

using namespace prun::command;

namespace {

std::string part(std::string_view placeholder, std::string_view path) {
  return std::string(part_of(path, part_named(placeholder).value()));
}

}  // namespace

TEST_CASE("parts of a path") {
  CHECK(part_of("/a/b.tar.gz", PathPart::without_extension) == "/a/b.tar");
  CHECK(part_of("/a/b.tar.gz", PathPart::base) == "b.tar.gz");
  CHECK(part_of("/a/b.tar.gz", PathPart::directory) == "/a");
  CHECK(part_of("/a/b.tar.gz", PathPart::base_without_extension) == "b.tar");
  CHECK(part_of("b", PathPart::directory) == ".");
  CHECK(part_of("/b", PathPart::directory) == "/");
  CHECK(part_of("/a.d/b", PathPart::without_extension) == "/a.d/b");
}

TEST_CASE("the directory of a path is as dirname(1) has it") {
  for (const auto& [path, directory] : std::initializer_list<std::pair<const char*, const char*>>{{"a/b/", "a"},
                                                                                                  {"a//b", "a"},
                                                                                                  {"a/b//c//", "a/b"},
                                                                                                  {"a/", "."},
                                                                                                  {"", "."},
                                                                                                  {"/", "/"},
                                                                                                  {"//", "/"},
                                                                                                  {"/a/", "/"},
                                                                                                  {"///a", "/"}}) {
    INFO(path);
    CHECK(part("//", path) == directory);
  }
}

TEST_CASE("two or three extensions are removed together or not at all") {
  CHECK(part("..", "d.x/a.b.c") == "d.x/a");
  CHECK(part("..", "d.x/a.b") == "d.x/a.b");
  CHECK(part("...", "a.b.c.d") == "a");
  CHECK(part("...", "a.b.c") == "a.b.c");
  CHECK(part("/..", "d/a.b.c") == "a");
  CHECK(part("/...", "d/a.b.c.d.e") == "a.b");
  CHECK(part("..", ".b.c").empty());
}

TEST_CASE("the opposite of a part completes it to the path") {
  for (const std::string path : {"d.x/a.b.c.d", "/a.b.c.d", "./a.b..c"}) {
    INFO(path);
    CHECK(part("+/", path) + "/" + part("/", path) == path);
    CHECK(part(".", path) + "." + part("+.", path) == path);
    CHECK(part("..", path) + "." + part("+..", path) == path);
    CHECK(part("...", path) + "." + part("+...", path) == path);
  }
}

TEST_CASE("the opposite of a part that removes nothing is empty") {
  CHECK(part("+/", "a.b").empty());
  CHECK(part("+/", "/a").empty());
  CHECK(part("+.", "d.x/a").empty());
  CHECK(part("+..", "a.b").empty());
  CHECK(part("+...", "").empty());
}

TEST_CASE("a text that names no part") {
  CHECK_FALSE(part_named("...."));
  CHECK_FALSE(part_named("./"));
}
