// The quick reader of tasks agrees with the real parser in everything that it accepts.
#include "input/json/quick_task.hpp"

#include "wire/json.hpp"
#include "wire/value.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace prun {
namespace {

/// Name, arguments and id that the quick reader found.
std::string found_by(const QuickTask& quick) {
  return std::string(quick.function()) + '|' + quick.args() + '|' + quick.id();
}

/// The same from the real parser; empty: it finds no such task.
std::string real(std::string_view json) {
  std::string value;
  if (!wire::parse_json(json, value)) return {};
  wire::ValueReader reader(value);
  if (reader.peek() == wire::Kind::array) {
    const std::uint32_t size = reader.array();
    std::string found = std::string(reader.string()) + '|';
    wire::ValueWriter(found).array(size - 1);
    return found.append(reader.rest()) + '|';
  }
  std::map<std::string, std::string, std::less<>> members;
  for (std::uint32_t left = reader.map(); left > 0; --left) {
    const std::string_view key = reader.string();
    members.emplace(key, reader.skip());
  }
  return std::string(wire::ValueReader(members.at("function")).string()) + '|' + members.at("args") + '|' +
         members["id"];
}

TEST_CASE("the common shapes are read, and read right") {
  for (const char* json : {R"({"function":"identity","args":[123]})", R"({"function": "f", "args": [ 1 , -2, "x" ] } )",
                           R"({"function":"f","args":[]})", R"(["f",8])", R"( [ "f" ] )", R"(["f",0,"a b",-1])",
                           R"(["f",999999999999999999,-999999999999999999])", "\t[\"f\",\r\n1]",
                           R"({"id": "a", "args": [1], "function": "f"})", R"({"function":"f","args":[1],"id":7})"}) {
    QuickTask quick;
    REQUIRE_MESSAGE(quick.read(json), json);
    CHECK_MESSAGE(found_by(quick) == real(json), json);
  }
}

TEST_CASE("a line that begins as an earlier one is read as if it were the first") {
  QuickTask quick;
  for (const char* json : {R"({"function":"f","args":[1]})", R"({"function":"f","args":[2, "b"],"id":3})",
                           R"({"function":"f","args":[]})", R"({"function":"ff","args":[4]})", R"(["g",5])",
                           R"({"function":"ff","args":[6]})", R"({"id":7,"function":"ff","args":[8]})"}) {
    REQUIRE_MESSAGE(quick.read(json), json);
    CHECK_MESSAGE(found_by(quick) == real(json), json);
  }
  for (const char* json : {R"({"function":"ff","args":[1)", R"({"function":"ff","args":[1]}})",
                           R"({"function":"ff","args":[1],"args":[2]})",
                           R"({"function":"ff","args":[1],"function":"f"})", R"({"function":"ff","args":[1],})"}) {
    CHECK_MESSAGE(!quick.read(json), json);
  }
}

TEST_CASE("everything unusual is left to the real parser") {
  for (const char* json : {"",
                           "[",
                           "[]",
                           "{}",
                           "8",
                           R"(["f",])",
                           R"(["f",1)",
                           R"(["f",1]])",
                           R"(["f",01])",
                           R"(["f",-0])",
                           R"(["f",1.5])",
                           R"(["f",1e5])",
                           R"(["f",[1]])",
                           R"(["f","\n"])",
                           R"(["f","ä"])",
                           R"(["f",true])",
                           R"(["f",- 1])",
                           R"(["f",9999999999999999999])",
                           R"(["f",1234567890123456789])",
                           R"({"function":"f","args":[1],})",
                           R"({"args":[1],"args":[1]})",
                           R"({"function":"f","args":[1],"id":null})",
                           R"({"function":"f"})",
                           R"({"function":"f","args":[1],"id":1,"id":1})"}) {
    QuickTask quick;
    CHECK_MESSAGE(!quick.read(json), json);
  }
}

TEST_CASE("no change of a byte or two makes them differ") {
  const std::vector<std::string> seeds = {R"({"function":"fib","args":[12,-3,"x"]})", R"(["fib",10,"ab",-7])",
                                          R"({"id":5,"function":"f","args":[]})"};
  const std::string bytes = "\"\\[]{},:-01.e \n\t\x7F\xC3x";
  QuickTask quick;
  std::size_t accepted = 0;
  for (const std::string& seed : seeds) {
    for (std::size_t i = 0; i < seed.size() * bytes.size() * seed.size() * bytes.size(); i += 7) {
      std::string json = seed;
      json[i % seed.size()] = bytes[i / seed.size() % bytes.size()];
      const std::size_t second = i / seed.size() / bytes.size();
      json[second % seed.size()] = bytes[second / seed.size()];
      if (!quick.read(json)) continue;
      ++accepted;
      if (found_by(quick) != real(json)) FAIL_CHECK(json);
    }
  }
  CHECK(accepted > 100);
}

}  // namespace
}  // namespace prun
