// Exceptions come back from worker processes as what they were.
#include "pool_support.hpp"

#include <prun/exception.hpp>
#include <prun/executor.hpp>
#include <prun/pool.hpp>

#include <doctest/doctest.h>
#include <unistd.h>

#include <any>
#include <filesystem>
#include <fstream>
#include <functional>
#include <future>
#include <memory>
#include <new>
#include <optional>
#include <regex>
#include <stdexcept>
#include <string>
#include <system_error>
#include <typeinfo>
#include <variant>
#include <vector>

using namespace prun::test;

namespace own {

struct Plainly : std::logic_error {
  using std::logic_error::logic_error;
};
struct OfRuntime : std::overflow_error {
  using std::overflow_error::overflow_error;
};

/// With more than a message.
struct ParseError : std::runtime_error {
  ParseError() : std::runtime_error("parse error") {}
  ParseError(const std::string& text, int line_number, std::string in)
      : std::runtime_error(text), line(line_number), file(std::move(in)) {}
  int line = 0;
  std::string file;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(line, file);
  }
};
struct Prefixed : std::invalid_argument {
  explicit Prefixed(const std::string& what) : std::invalid_argument("bad: " + what) {}
};
struct Derived : Prefixed {
  using Prefixed::Prefixed;
};
/// No std::exception at all.
struct Code {
  int value = 0;
};

class Category final : public std::error_category {
 public:
  [[nodiscard]] const char* name() const noexcept override { return "own"; }
  [[nodiscard]] std::string message(int) const override { return "of its own"; }
};
const Category category;

}  // namespace own

PRUN_EXCEPTION(own::ParseError);
PRUN_EXCEPTION(own::Prefixed);
PRUN_EXCEPTION(own::Code);

namespace {

/// The exception that `function` throws in a worker, caught as an Expected.
template <class Expected, class F>
auto caught(
    F function, void (*look)(const Expected&) = [](const Expected&) {}) {
  static prun::Pool pool{1};
  const auto in_master = [&] {
    try {
      function();
    } catch (const std::exception& e) {
      return std::string(e.what());
    } catch (...) {
    }
    return std::string();
  }();
  try {
    pool.apply(function);
  } catch (const Expected& e) {
    look(e);
    if constexpr (std::is_base_of_v<std::exception, Expected>) {
      CHECK(e.what() == in_master);
      CHECK(dynamic_cast<const prun::TaskFailure*>(&e) != nullptr);
    }
    return;
  } catch (...) {
    FAIL_CHECK("another exception than ", typeid(Expected).name());
    return;
  }
  FAIL_CHECK("no exception");
}

}  // namespace

TEST_CASE("system_error and derived types keep their code") {
  caught<std::system_error>([] { throw std::system_error(ENOENT, std::generic_category(), "looking"); },
                            [](const std::system_error& e) {
                              CHECK(e.code() == std::errc::no_such_file_or_directory);
                              CHECK(e.code().category() == std::generic_category());
                            });
  caught<std::system_error>(
      [] {
        throw std::system_error({7, own::category}, "mine");
      },
      [](const std::system_error& e) { CHECK(e.code() == std::error_code(7, own::category)); });
  caught<std::filesystem::filesystem_error>([] { std::filesystem::copy("/nowhere/a", "/nowhere/b"); },
                                            [](const std::filesystem::filesystem_error& e) {
                                              CHECK(e.path1() == "/nowhere/a");
                                              CHECK(e.path2() == "/nowhere/b");
                                              CHECK(e.code() == std::errc::no_such_file_or_directory);
                                            });
  caught<std::ios_base::failure>(
      [] {
        std::ifstream in;
        in.exceptions(std::ios::failbit);
        in.open("/nowhere/a");
      },
      [](const std::ios_base::failure& e) { CHECK(e.code() == std::io_errc::stream); });
  caught<std::future_error>(
      [] {
        std::future<int> future;
        future = std::promise<int>().get_future();
        future.get();
      },
      [](const std::future_error& e) { CHECK(e.code() == std::future_errc::broken_promise); });
  caught<std::regex_error>([] { std::regex("("); },
                           [](const std::regex_error& e) { CHECK(e.code() == std::regex_constants::error_paren); });
}

TEST_CASE("every other exception of the standard library comes back as itself") {
  caught<std::bad_optional_access>([] { std::optional<int>().value(); });
  caught<std::bad_variant_access>([] { std::get<0>(std::variant<int, char>('c')); });
  caught<std::bad_any_cast>([] { std::any_cast<int>(std::any(1.0)); });
  caught<std::bad_function_call>([] { std::function<void()>()(); });
  caught<std::bad_weak_ptr>([] { std::shared_ptr<int>(std::weak_ptr<int>()); });
  caught<std::bad_array_new_length>([] { throw std::bad_array_new_length(); });
  caught<std::bad_alloc>([] { throw std::bad_alloc(); });
  caught<std::bad_cast>([] { throw std::bad_cast(); });
  caught<std::bad_typeid>([] { throw std::bad_typeid(); });
  caught<std::bad_exception>([] { throw std::bad_exception(); });
  caught<std::exception>([] { throw std::exception(); });
  caught<std::out_of_range>([] { static_cast<void>(std::vector<int>().at(3)); });
  caught<std::invalid_argument>([] { static_cast<void>(std::stoi("x")); });
  caught<std::length_error>([] { throw std::length_error("l"); });
  caught<std::domain_error>([] { throw std::domain_error("d"); });
  caught<std::logic_error>([] { throw std::logic_error("l"); });
  caught<std::range_error>([] { throw std::range_error("r"); });
  caught<std::overflow_error>([] { throw std::overflow_error("o"); });
  caught<std::underflow_error>([] { throw std::underflow_error("u"); });
  caught<std::runtime_error>([] { throw std::runtime_error("r"); });
}

TEST_CASE("a type that is not registered is caught through its standard base") {
  prun::Pool pool{1};
  CHECK_THROWS_WITH_AS(pool.apply([] { throw own::Plainly("mine"); }), "own::Plainly: mine", std::logic_error);
  CHECK_THROWS_WITH_AS(pool.apply([] { throw own::OfRuntime("mine"); }), "own::OfRuntime: mine", std::overflow_error);
  try {
    pool.apply([] { throw own::Plainly("mine"); });
  } catch (const prun::TaskFailure& e) {
    CHECK(e.failure().type == "own::Plainly");
    CHECK(e.failure().message == "mine");
  }
}

TEST_CASE("a registered type comes back as itself, with its state") {
  caught<own::ParseError>([] { throw own::ParseError("unexpected }", 7, "a.json"); },
                          [](const own::ParseError& e) {
                            CHECK(e.line == 7);
                            CHECK(e.file == "a.json");
                          });
  caught<own::Prefixed>([] { throw own::Prefixed("input"); });
  caught<own::Prefixed>([] { throw own::Derived("input"); });
  caught<own::Code>([] { throw own::Code{5}; }, [](const own::Code& e) { CHECK(e.value == 5); });
}

TEST_CASE("a nested exception is rethrown too") {
  prun::Pool pool{1};
  const auto nested = [] {
    try {
      throw std::system_error(EACCES, std::generic_category(), "inner");
    } catch (...) {
      std::throw_with_nested(own::ParseError("outer", 3, "f"));
    }
  };
  try {
    pool.apply(nested);
    FAIL_CHECK("no exception");
  } catch (const own::ParseError& e) {
    CHECK(std::string(e.what()) == "outer");
    CHECK(e.line == 3);
    try {
      std::rethrow_if_nested(e);
      FAIL_CHECK("not nested");
    } catch (const std::system_error& inner) {
      CHECK(inner.code() == std::errc::permission_denied);
    }
  }
}

TEST_CASE("an exception of a pool that a task uses keeps its type, its message and its place") {
  prun::Pool pool{1};
  const auto failure_of = [&](auto function) {
    try {
      pool.apply(function);
    } catch (const prun::TaskFailure& e) {
      return e.failure();
    }
    return prun::Failure{};
  };
  const auto deep = [] { prun::Pool(1).apply([] { throw std::out_of_range("deep"); }); };
  CHECK_THROWS_WITH_AS(pool.apply(deep), "deep", std::out_of_range);
  const prun::Failure failure = failure_of(deep);
  CHECK(failure.type == "std::out_of_range");
  CHECK(failure.where.find("FromTask") == std::string::npos);
  CHECK(failure.where.find("throw") == std::string::npos);

  CHECK_THROWS_AS(pool.apply([] { prun::Pool(1).apply([] { ::_exit(3); }); }), prun::WorkerLostError);
  CHECK_THROWS_AS(pool.apply([] { prun::Pool(1).apply([] { throw prun::ArgumentError("a"); }); }), prun::ArgumentError);
  CHECK_THROWS_WITH_AS(pool.apply([] { prun::Pool(1).apply([] { throw own::Plainly("mine"); }); }),
                       "own::Plainly: mine", std::logic_error);
  try {
    pool.apply(
        [] { prun::Pool(1).apply([] { throw std::system_error(ENOENT, std::generic_category(), "looking"); }); });
    FAIL_CHECK("no exception");
  } catch (const std::system_error& e) {
    CHECK(e.code() == std::errc::no_such_file_or_directory);
    CHECK(std::string(e.what()) == std::system_error(ENOENT, std::generic_category(), "looking").what());
  }
}

TEST_CASE("a registered exception of a pool that a task uses has the state that the task gave it") {
  prun::Pool pool{1};
  const auto changes = [] {
    try {
      prun::Pool(1).apply([] { throw own::ParseError("inner", 7, "a.json"); });
    } catch (own::ParseError& e) {
      e.line += 1;
      throw;
    }
  };
  try {
    pool.apply(changes);
    FAIL_CHECK("no exception");
  } catch (const own::ParseError& e) {
    CHECK(std::string(e.what()) == "inner");
    CHECK(e.line == 8);
    CHECK(e.file == "a.json");
  }
}

TEST_CASE("futures and streams give the same exceptions") {
  prun::ProcessPoolExecutor executor{{.max_workers = 1}};
  const auto future = executor.submit([] { throw own::ParseError("x", 1, "y"); });
  CHECK_THROWS_AS(future.result(), own::ParseError);
  CHECK_THROWS_AS(std::rethrow_exception(future.exception()), own::ParseError);
  auto stream = executor.map([](int) -> int { throw std::bad_optional_access(); }, {1, 2});
  CHECK_THROWS_AS(stream.next(), std::bad_optional_access);
  CHECK_THROWS_AS(stream.next(), std::bad_optional_access);
  CHECK_FALSE(stream.next());
}
