// A plugin's functions as prun sees them: signatures, conversions, failures.
#include "native/plugin_loader.hpp"
#include "native_support.hpp"

#include <prun/context.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

using namespace prun;
using prun::test::library;

namespace {

class Plugins {
 public:
  Plugins() { registry_.add(std::make_unique<native::PluginLoader>(native::LibrarySearch({}))); }

  std::string call(const std::string& function, std::string_view json_args, const std::string& file = "sample.so") {
    return test::called(registry_, library(file) + ":" + function, json_args);
  }
  std::string problem(const std::string& function, const std::string& file = "sample.so") {
    return test::problem(registry_, library(file) + ":" + function);
  }
  std::string signature(const std::string& function) {
    const Function* found = registry_.find(library("sample.so") + ":" + function);
    return to_string(function, found->signature());
  }
  Registry& registry() { return registry_; }

 private:
  Registry registry_;
};

}  // namespace

TEST_CASE("plugin: types are the signature") {
  Plugins plugins;
  CHECK(plugins.signature("steps") == "steps(n: integer) -> integer");
  CHECK(plugins.signature("power") == "power(base: number, exponent: integer = 2) -> number");
  CHECK(plugins.signature("greet") == "greet(who: string = null, word: string = \"hello\") -> string");
  CHECK(plugins.signature("unnamed") == "unnamed(arg1: integer, arg2: integer) -> integer");
  CHECK(plugins.signature("scores") == "scores(m: object) -> object of array of integer or null");
  CHECK(plugins.signature("triple") == "triple(v: array) -> array of 3 integer");
  CHECK(plugins.signature("flip") == "flip(p: array) -> [string, integer, boolean]");
  CHECK(plugins.signature("nothing") == "nothing() -> null");
  CHECK(plugins.signature("task") == "task(n: integer) -> [integer, integer, integer, integer]");
}

TEST_CASE("plugin: integers are passed exactly or refused") {
  Plugins plugins;
  struct Width {
    std::string function, least, most, below, above;
  };
  const std::vector<Width> widths{{"int8", "-128", "127", "-129", "128"},
                                  {"uint8", "0", "255", "-1", "256"},
                                  {"int16", "-32768", "32767", "-32769", "32768"},
                                  {"uint16", "0", "65535", "-1", "65536"},
                                  {"int32", "-2147483648", "2147483647", "-2147483649", "2147483648"},
                                  {"uint32", "0", "4294967295", "-1", "4294967296"}};
  for (const Width& width : widths) {
    INFO(width.function);
    CHECK(plugins.call(width.function, "[" + width.least + "]") == width.least);
    CHECK(plugins.call(width.function, "[" + width.most + "]") == width.most);
    CHECK(plugins.call(width.function, "[" + width.below + "]")
              .starts_with("bad_arguments: n = " + width.below + " does"));
    CHECK(plugins.call(width.function, "[" + width.above + "]")
              .starts_with("bad_arguments: n = " + width.above + " does"));
  }
  CHECK(plugins.call("int64", "[-9223372036854775808]") == "-9223372036854775808");
  CHECK(plugins.call("int64", "[9223372036854775807]") == "9223372036854775807");
  CHECK(plugins.call("int64", "[9223372036854775808]") ==
        "bad_arguments: n = 9223372036854775808 does not fit a signed integer of 64 bits");
  CHECK(plugins.call("uint64", "[18446744073709551615]") == "18446744073709551615");
  CHECK(plugins.call("uint64", "[-1]") == "bad_arguments: n = -1 does not fit an unsigned integer of 64 bits");
}

TEST_CASE("plugin: values of every kind are passed unchanged") {
  Plugins plugins;
  CHECK(plugins.call("float32", "[1.5]") == "1.5");
  CHECK(plugins.call("float64", "[-1e300]") == "-1e+300");
  CHECK(plugins.call("float64", "[3]") == "3.0");
  CHECK(plugins.call("boolean", "[true]") == "true");
  const std::string long_text(70000, 'z');
  for (const std::string& text : {std::string(), std::string("a\\u0000b"), std::string(31, 'a'), std::string(32, 'a'),
                                  std::string(255, 'a'), std::string(256, 'a'), long_text}) {
    CHECK(plugins.call("text", "[\"" + text + "\"]") == '"' + text + '"');
    CHECK(plugins.call("view", "[\"" + text + "\"]") == '"' + text + '"');
  }
  std::string many = "[0";
  for (int i = 1; i < 70000; ++i) many += ',' + std::to_string(i - 35000);
  CHECK(plugins.call("vector", "[" + many + "]]") == many + ']');
  CHECK(plugins.call("vector", "[[]]") == "[]");
  CHECK(plugins.call("flags", "[[true,false]]") == "[true,false]");
  CHECK(plugins.call("triple", "[[1,-2,3]]") == "[1,-2,3]");
  CHECK(plugins.call("scores", R"([{"a":[1,null],"b":[]}])") == R"({"a":[1,null],"b":[]})");
  CHECK(plugins.call("counts", R"([{"a":1}])") == R"({"a":1})");
  CHECK(plugins.call("flip", R"([[1,"x"]])") == R"(["x",1,true])");
  CHECK(plugins.call("moved", R"([["a","b"]])") == R"(["a","b"])");
  CHECK(plugins.call("nothing", "[]") == "null");
  CHECK(plugins.call("name_of", "[0]") == "null");
  CHECK(plugins.call("name_of", "[1]") == "\"one\"");
}

TEST_CASE("plugin: a user-defined type is passed") {
  Plugins plugins;
  CHECK(plugins.signature("mirrored") == "mirrored(points: array) -> array of point");
  CHECK(plugins.call("mirrored", "[[[1,2],[3,4.5]]]") == "[[2.0,1.0],[4.5,3.0]]");
  CHECK(plugins.call("mirrored", "[[[1,2],[3]]]") == "bad_arguments: points[1] must be an array of 2, got 1 element");
}

TEST_CASE("plugin: an error about a value that does not convert names its place") {
  Plugins plugins;
  CHECK(plugins.call("vector", "[[1,\"x\"]]") == "bad_arguments: v[1] must be an integer, got a string");
  CHECK(plugins.call("scores", R"([{"a":[1,1.5]}])") == "bad_arguments: m[\"a\"][1] must be an integer, got a number");
  CHECK(plugins.call("triple", "[[1,2]]") == "bad_arguments: v must be an array of 3, got 2 elements");
  CHECK(plugins.call("triple", "[[1,2,32768]]") ==
        "bad_arguments: v[2] = 32768 does not fit a signed integer of 16 bits");
  CHECK(plugins.call("flip", "[[1]]") == "bad_arguments: p must be an array of 2, got 1 element");
  CHECK(plugins.call("float32", "[1e300]").ends_with("does not fit a number of 32 bits"));
  CHECK(plugins.call("boolean", "[1]").ends_with("boolean(b: boolean) needs a boolean for b, got 1"));
}

TEST_CASE("plugin: absent arguments have their defaults, or are empty optionals") {
  Plugins plugins;
  CHECK(plugins.call("power", "[3]") == "9.0");
  CHECK(plugins.call("power", "[3,3]") == "27.0");
  CHECK(plugins.call("greet", "[]") == "\"hello you\"");
  CHECK(plugins.call("greet", "[null]") == "\"hello you\"");
  CHECK(plugins.call("greet", R"(["Ada","good day"])") == "\"good day Ada\"");
  CHECK(plugins.call("unnamed", "[5,3]") == "2");
}

TEST_CASE("plugin: a function knows its task") {
  Plugins plugins;
  const TaskContext expected{7, 1, 42, 0};
  CHECK(plugins.call("task", "[5]") == "[7,1," + std::to_string(expected.seed()) + ",5]");
}

TEST_CASE("plugin: exceptions arrive with type and message") {
  Plugins plugins;
  CHECK(plugins.call("refuse", "[3]") == "std::domain_error: not 3");
  CHECK(plugins.call("refuse_argument", "[3]") == "bad_arguments: n is of no use");
  CHECK(plugins.call("throw_other", "[]") == "(anonymous namespace)::NoException: not a std::exception");
  CHECK(plugins.call("long_message", "[1000000]").size() == 1'000'000 + std::string("std::runtime_error: ").size());
}

TEST_CASE("plugin: initializers run once, even if the plugin is named in two ways") {
  Plugins plugins;
  const std::string first = plugins.call("initializations", "[]");
  CHECK(first != "[0,0]");
  CHECK(plugins.call("initializations", "[]") == first);
  CHECK(plugins.call("initializations", "[]", "../native/sample.so") == first);
}

TEST_CASE("plugin: a failing initializer fails each call") {
  Plugins plugins;
  const std::string expected =
      "std::runtime_error: the initializer of " + library("bad_initializer.so") + " failed: no model at /models";
  CHECK(plugins.call("use", "[3]", "bad_initializer.so") == expected);
  CHECK(plugins.call("use", "[3]", "bad_initializer.so") == expected);
}

TEST_CASE("plugin: two plugins share no state") {
  Plugins plugins;
  CHECK(plugins.call("steps", "[27]") == "111");
  CHECK(plugins.call("steps", "[27]", "other.so") == "\"other\"");
  CHECK(plugins.problem("power", "other.so").ends_with("other.so has no function 'power'; it has steps, fib"));
}

TEST_CASE("plugin: a plugin may be written in C") {
  Plugins plugins;
  CHECK(plugins.call("add", "[2,3]", "plain_c.so") == "5");
  CHECK(plugins.call("add", "[2]", "plain_c.so") == "3");
  CHECK(plugins.call("add", "[100,100]", "plain_c.so") == "bad_arguments: too large");
}

TEST_CASE("plugin: a plugin that violates the interface is an error") {
  Plugins plugins;
  CHECK(plugins.call("no_value", "[]", "faulty.so").ends_with("no_value returned bytes that are not a value"));
  CHECK(plugins.call("half_a_value", "[]", "faulty.so").starts_with("bad_result: "));
  CHECK(plugins.call("unknown_status", "[]", "faulty.so").ends_with("returned the unknown status 99"));
  CHECK(plugins.problem("no_value", "same_names.so").ends_with("same_names.so has two functions named no_value"));
  CHECK(plugins.problem("no_value", "in_part.so").ends_with("in_part.so describes function 1 in part only"));
}

TEST_CASE("plugin: another major version is refused, and the error names it") {
  Plugins plugins;
  CHECK(plugins.problem("no_value", "interface_two.so")
            .starts_with(library("interface_two.so") + " was built for plugin interface 2, this prun has 1"));
}

TEST_CASE("plugin: an error says why a plugin cannot be loaded") {
  Plugins plugins;
  CHECK(plugins.problem("f", "missing.so") ==
        library("missing.so") + " cannot be loaded: cannot open shared object file: No such file or directory");
  CHECK(plugins.problem("use", "unresolved.so").ends_with("undefined symbol: function_that_nobody_has"));
  CHECK(plugins.problem("setps").ends_with("sample.so has no function 'setps'; did you mean steps?"));
  CHECK(test::problem(plugins.registry(), "libm.so.6:cbrt").starts_with("libm.so.6 is not a prun plugin"));
}

TEST_CASE("plugin: names are recognized by their form") {
  native::PluginLoader loader(native::LibrarySearch({}));
  for (const char* name : {"./mine.so:f", "mine.so:f", "/a/b/mine.so.1.2:f", "a b.so:f"}) CHECK(loader.takes(name));
  for (const char* name : {"mine.so", "mine:f", "a.py:f", "mine.so:", ":f", ".so:f", "mine.so:f(1)", "mine.so.x:f",
                           "fib", "", "mine.sox:f", "x/.so:f"}) {
    CHECK_FALSE(loader.takes(name));
  }
}

TEST_CASE("plugin: all functions are listed with their full or bare names") {
  native::PluginLoader loader(native::LibrarySearch({}));
  const auto full = loader.load_all(library("other.so"));
  REQUIRE(full);
  REQUIRE(full->size() == 2);
  CHECK(full->front()->name() == library("other.so") + ":steps");
  CHECK(full->front()->help() == "not sample's");
  const auto bare = loader.load_bare(library("other.so"));
  REQUIRE(bare);
  CHECK(bare->back()->name() == "fib");
}

TEST_CASE("plugin: the search path finds plugins by file name and by bare name") {
  const std::string folder = library("").substr(0, library("").size() - 1);
  native::PluginLoader loader(native::LibrarySearch("/nowhere::" + folder));
  CHECK(loader.takes("other:fib"));
  CHECK_FALSE(loader.takes("missing:fib"));
  CHECK(loader.load("other:fib"));
  CHECK(loader.load("other.so:fib"));
  CHECK(loader.load_bare("other"));
  CHECK(loader.load_bare("missing").error() ==
        "'missing' is not a shared library, and missing.so is not in PRUN_PLUGIN_PATH (/nowhere and " + folder + ")");
}
