// Test reports for CI services.
#include "output/junit_output.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace prun;

namespace {

std::string xml(std::string_view text) {
  std::string made;
  append_xml(made, text);
  return made;
}

}  // namespace

TEST_CASE("any bytes become valid XML text") {
  CHECK(xml("a<b>&\"'") == "a&lt;b&gt;&amp;&quot;'");
  CHECK(xml("a\n\t\r") == "a&#10;&#9;&#13;");
  CHECK(xml("\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80") == "\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80");
  const std::string bad = "\xEF\xBF\xBD";
  CHECK(xml(std::string_view("\0\x1b\x7f", 3)) == bad + bad + bad);
  CHECK(xml("\xFFx\xC3") == bad + "x" + bad);
  CHECK(xml("\xEF\xBF\xBE") == bad + bad + bad);
  CHECK(xml("\xED\xA0\x80") == bad + bad + bad);
  CHECK(xml("\xC0\xAF") == bad + bad);
  CHECK(xml("\xF4\x90\x80\x80") == bad + bad + bad + bad);
}
