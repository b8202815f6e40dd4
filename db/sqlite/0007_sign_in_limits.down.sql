DROP TABLE sign_in_budgets;
