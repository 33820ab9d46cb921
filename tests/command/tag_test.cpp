// The text before each line of output.
#include "command/tag.hpp"

#include "wire/value.hpp"

#include <doctest/doctest.h>

using namespace prun;
using command::CommandTemplate;
using command::Tag;

namespace {

std::string two_inputs() {
  std::string args;
  wire::ValueWriter writer(args);
  writer.array(2);
  writer.string("d/a");
  writer.integer(7);
  return args;
}

}  // namespace

TEST_CASE("a tag is the inputs, or what a template makes of them") {
  Tag tag;
  CHECK(tag.of(two_inputs(), 0) == "d/a 7\t");
  tag.use_form(*CommandTemplate::of_words({"{#}: {1/}"}, false));
  CHECK(tag.of(two_inputs(), 4) == "5: a\t");
  tag.use_form(*CommandTemplate::of_words({"{}"}, false));
  CHECK(tag.of(two_inputs(), 0) == "d/a 7\t");
}

TEST_CASE("the colour of a tag ends before the tab") {
  Tag tag;
  tag.use_color();
  CHECK(tag.of(two_inputs(), 0) == "\x1b[36md/a 7\x1b[0m\t");
}
