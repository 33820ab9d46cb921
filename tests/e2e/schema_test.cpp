// What prun prints as JSON is what its schema says.
#include "prun_support.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace prun::test;
using nlohmann::json;

namespace {

bool has_type(const json& value, const std::string& type) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "integer") return value.is_number_integer();
  if (type == "number") return value.is_number();
  return type == "null" && value.is_null();
}

bool contains(const json& array, const json& value) {
  return std::find(array.begin(), array.end(), value) != array.end();
}

/// The words of JSON Schema that prun's schema uses, and no others. @return what is wrong with the value; empty: nothing
std::string problem(const json& schema, const json& value) {
  for (const auto& [word, rule] : schema.items()) {
    if (word == "$schema" || word == "title" || word == "description") continue;
    if (word == "const") {
      if (value != rule) return "not " + rule.dump();
    } else if (word == "enum") {
      if (!contains(rule, value)) return value.dump() + " is none of the values";
    } else if (word == "minimum") {
      if (value < rule) return "too small";
    } else if (word == "type") {
      const json types = rule.is_array() ? rule : json::array({rule});
      if (std::none_of(types.begin(), types.end(), [&](const json& type) { return has_type(value, type); }))
        return "a wrong type";
    } else if (word == "required") {
      for (const auto& name : rule) {
        if (!value.contains(name.get<std::string>())) return "lacks " + name.dump();
      }
    } else if (word == "properties") {
      for (const auto& [name, inner] : rule.items()) {
        if (!value.contains(name)) continue;
        if (auto wrong = problem(inner, value.at(name)); !wrong.empty()) return name + ": " + wrong;
      }
    } else if (word == "additionalProperties") {
      for (const auto& [name, ignored] : value.items()) {
        if (!rule.get<bool>() && !schema["properties"].contains(name)) return "has the unknown member " + name;
      }
    } else if (word == "anyOf") {
      if (std::all_of(rule.begin(), rule.end(), [&](const json& one) { return !problem(one, value).empty(); }))
        return "fits none";
    } else {
      return "unknown word of the schema: " + word;
    }
  }
  return {};
}

json schema() {
  const Result result = run_prun({"schema"});
  REQUIRE(result.status == 0);
  return json::parse(result.out);
}

}  // namespace

TEST_CASE("every form of task fits the schema") {
  const json form = schema();
  const std::string tasks = R"({"function": "fib", "args": [5], "id": {"a": 1}}
{"sh": "kill -9 $$", "id": "x"}
{"sh": "exit 3", "env": {"A": "b"}}
{"function": "fib", "args": [-1]}
{"function": "identity", "args": ["text"]}
)";
  std::vector<json> lines;
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"imap", "--tasks", "-", "--output", "jsonl"},
        std::vector<std::string>{"imap", "--tasks", "-", "--output", "jsonl", "--halt", "now,fail=1", "-j1"}}) {
    for (const json& line : json_lines(run_prun(words, tasks).out)) lines.push_back(line);
  }
  for (const json& line : json::parse(run_prun({"--output", "json", "echo", ":::", "a", "b"}).out))
    lines.push_back(line);
  for (const json& line : json_lines(run_prun({"--output", "jsonl", "--timeout", "0.1", "sleep", ":::", "9"}).out))
    lines.push_back(line);
  REQUIRE(lines.size() >= 8);
  for (const json& line : lines) {
    CAPTURE(line.dump());
    CHECK(problem(form, line) == "");
  }
}

TEST_CASE("the schema refuses objects that prun does not print") {
  const json form = schema();
  json line = json_lines(run_prun({"imap", "fib", "1", "--output", "jsonl"}).out).at(0);
  CHECK(problem(form, line) == "");
  json wrong = line;
  wrong["v"] = 2;
  CHECK(problem(form, wrong) != "");
  wrong = line;
  wrong.erase("result");
  CHECK(problem(form, wrong) != "");
  wrong = line;
  wrong["new"] = 1;
  CHECK(problem(form, wrong) != "");
  wrong = line;
  wrong["attempt"] = 0;
  CHECK(problem(form, wrong) != "");
}
