"""Small assortments, histories of purchases from them, and how often a recommender finds the best product."""

import numpy as np

from regulars.behavior.products import AssortmentRules, Products
from regulars.contract.recommender import Context, History, find
from regulars.ground.chance import Chance, purpose

CATEGORY = purpose("test", "category")


def assortment(seed=1, categories=1, replicate=0, **rules):
    return Products(AssortmentRules(**{"products": 20, **rules}), categories, Chance(seed, replicate))


def categories_of(world, customers, occasions):
    """A category for each opportunity, none preferred."""
    u = Chance(99).uniform(CATEGORY, customers, occasions)
    return (u * world.categories).astype(np.int64)


def shop(world, customers, length, first=0, days=7.0, catalogue=None):
    """History of `length` purchases of each customer, `days` apart, tastes acting and nothing else being different."""
    history = History(world.catalogue() if catalogue is None else catalogue)
    who, last = np.arange(customers), np.full(customers, -1)
    for o in range(first, first + length):
        occasion, time = np.full(customers, o), days * o + who % 7
        category = categories_of(world, who, occasion)
        history.add(who, world.bought(who, occasion, category, time, last), time)
        last = category
    return history


def found(world, history, customers, name, **rules):
    """Share of customers (and categories) whose best product is recommended, and mean fit of what is."""
    who = np.arange(customers)
    kind = find(name)
    recommender = kind(history.catalogue, kind.Parameters(**rules)).fit(history)
    hit, fit = [], []
    for category in range(world.categories):
        shown = recommender.recommend(who, Context(category=category))[:, 0]
        hit.append(np.mean(shown == world.best(who, category)))
        fit.append(np.mean(world.fit(who, shown)))
    return float(np.mean(hit)), float(np.mean(fit))


def beyond(differences):
    """Mean of paired differences over worlds, in standard errors."""
    values = np.asarray(differences)
    error = values.std(ddof=1) / np.sqrt(len(values))
    return values.mean() / error if error > 0 else np.sign(values.mean()) * np.inf * (values.mean() != 0)
