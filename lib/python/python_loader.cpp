#include "python/python_loader.hpp"

#include "function/edit_distance.hpp"
#include "python/python_function.hpp"

#include <prun/error.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <system_error>
#include <utility>

namespace prun::python {
namespace {

constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";
constexpr std::string_view digits = "0123456789";

/// `lambda x: x**2`, also with spaces or brackets before it. Python checks what follows the word.
bool is_lambda(std::string_view text) noexcept {
  constexpr std::string_view word = "lambda";
  text.remove_prefix(std::min(text.find_first_not_of(" \t\n("), text.size()));
  return text.starts_with(word) && text.size() > word.size() && std::string_view(" \t:*").find(text[word.size()]) < 4;
}

/// `a.b.c`, where each part is an identifier. Python checks identifiers that are not ASCII.
bool is_dotted_name(std::string_view text) noexcept {
  bool begins = true;
  for (const char c : text) {
    const bool letter = letters.find(c) != std::string_view::npos || static_cast<unsigned char>(c) >= 0x80;
    if (begins ? !letter : !letter && c != '.' && digits.find(c) == std::string_view::npos) return false;
    begins = c == '.';
  }
  return !begins;
}

struct Parts {
  std::string_view target;
  std::string_view path;
};

/// The parts of `target:path`; both empty if the text does not have that form.
Parts split(std::string_view name) noexcept {
  const std::size_t colon = name.rfind(':');
  if (colon == std::string_view::npos || !is_dotted_name(name.substr(colon + 1))) return {};
  return {name.substr(0, colon), name.substr(colon + 1)};
}

const serving::Offer* find(const std::vector<serving::Offer>& offers, std::string_view name) {
  const auto found = std::find_if(offers.begin(), offers.end(), [&](const auto& offer) { return offer.name == name; });
  return found == offers.end() ? nullptr : &*found;
}

std::string unknown(std::string_view target, std::string_view name, const std::vector<serving::Offer>& offers) {
  std::string_view nearest;
  std::size_t least = std::max<std::size_t>(1, name.size() / 3) + 1;
  for (const serving::Offer& offer : offers) {
    const std::size_t distance = edit_distance(name, offer.name);
    if (distance < least && offer.listed) {
      least = distance;
      nearest = offer.name;
    }
  }
  const std::string hint = nearest.empty() ? fmt::format("`prun functions {}` lists the functions", target)
                                           : fmt::format("did you mean {}?", nearest);
  return fmt::format("{} has no function '{}'; {}", target, name, hint);
}

/// The members of a hello that only prun's own Python process sends.
struct OwnMembers {
  /// The real program if `python3` is a script that searches for one, which would start ten times slower.
  std::string python;
  bool missing = false;  ///< there is no function of that name
};

OwnMembers own_members(const std::string& hello) {
  const auto said = nlohmann::json::parse(hello, nullptr, false);
  if (!said.is_object()) return {};
  return {said.value("python", std::string()), said.value("missing", false)};
}

std::unique_ptr<Function> make(std::string_view target, const serving::Offer& offer) {
  std::string name = target.empty() ? offer.name : fmt::format("{}:{}", target, offer.name);
  return make_python_function({std::move(name), offer.signature, offer.help});
}

}  // namespace

PythonLoader::PythonLoader(PythonOptions options) : has_code_(!options.code.empty()) {
  std::array<int, 2> ends{-1, -1};
  // Without the socket each worker starts its own Python.
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) == 0) {
    worker_end_ = sys::Fd(ends[0]);
    server_end_ = sys::Fd(ends[1]);
  }
  use_python(std::move(options), worker_end_.get());
}

FunctionLoader::LoadedAll PythonLoader::load_code() { return load_all({}); }

bool PythonLoader::takes_target(std::string_view target) const noexcept {
  return target.ends_with(".py") || is_dotted_name(target);
}

bool PythonLoader::takes(std::string_view name) const noexcept {
  return is_lambda(name) || takes_target(split(name).target);
}

FunctionLoader::Loaded PythonLoader::load(std::string_view name) {
  if (is_lambda(name)) {
    const Offers one = ask({}, std::string(name));
    if (!one) return tl::unexpected(one.error().text);
    return make({}, one->front());
  }
  const Parts parts = split(name);
  const std::string target(parts.target);
  const Offers& all = offers_of(target);
  if (!all) return tl::unexpected(all.error().text);
  if (const serving::Offer* offer = find(*all, parts.path)) return make(target, *offer);
  const Offers one = ask(target, std::string(parts.path));  // imported by the module, or a member of a class
  if (one) return make(target, one->front());
  if (parts.path.find('.') != std::string_view::npos) return tl::unexpected(one.error().text);
  return tl::unexpected(unknown(target, parts.path, *all));
}

// Names that the code imports, calls of functools.partial, classes and their methods are not among its functions.
FunctionLoader::Loaded PythonLoader::search(std::string_view name) {
  if (!has_code_ || !is_dotted_name(name)) return nullptr;
  const Offers one = ask({}, std::string(name));
  if (one) return make({}, one->front());
  if (one.error().missing) return nullptr;
  return tl::unexpected(one.error().text);
}

FunctionLoader::LoadedAll PythonLoader::load_all(std::string_view target) {
  const Offers& offers = offers_of(std::string(target));
  if (!offers) return tl::unexpected(offers.error().text);
  std::vector<std::unique_ptr<Function>> functions;
  for (const serving::Offer& offer : *offers) {
    if (offer.listed) functions.push_back(make(target, offer));
  }
  return functions;
}

const PythonLoader::Offers& PythonLoader::offers_of(const std::string& target) {
  const auto known = known_.find(target);
  if (known != known_.end()) return known->second;
  return known_.emplace(target, ask(target, {})).first->second;
}

PythonLoader::Offers PythonLoader::ask(const std::string& target, const std::string& path) {
  const std::string what = !target.empty() ? target : !path.empty() ? path : "--python-code";
  try {
    if (!server_) server_ = std::make_unique<PythonServer>(used_python(), std::move(server_end_));
    const std::string hello = server_->describe(target, path);
    auto offers = serving::parse_hello(hello);
    OwnMembers own = own_members(hello);
    if (!offers) return tl::unexpected(Problem{fmt::format("{}: {}", what, offers.error()), own.missing});
    if (!own.python.empty()) use_python_program(std::move(own.python));
    return std::move(*offers);
  } catch (const TaskError& error) {
    server_.reset();
    return tl::unexpected(Problem{fmt::format("{}: {}", what, error.failure().message)});
  } catch (const std::system_error& error) {
    return tl::unexpected(Problem{fmt::format("cannot run {}: {}", used_python().program, error.code().message())});
  }
}

}  // namespace prun::python
