/**
 * Macros of the schema `planning`: `told(x, unit)`, a figure for people (`%`: a share between 0 and 1; three digits or so), and
 * `product_error(b, sb, e, se)`, the standard error of the product of two independent figures (Goodman 1960).
 */
export const planningMacros = `CREATE OR REPLACE MACRO planning.told(x, unit) AS
CASE WHEN unit = '%' THEN rtrim(rtrim(printf('%.1f', 100 * x::DOUBLE), '0'), '.') || ' %'
  ELSE CASE WHEN abs(x) >= 100 THEN printf('%.0f', x::DOUBLE) WHEN abs(x) < 1 THEN printf('%.3g', x::DOUBLE) WHEN abs(x) >= 10 THEN rtrim(rtrim(printf('%.1f', x::DOUBLE), '0'), '.')
    ELSE rtrim(rtrim(printf('%.2f', x::DOUBLE), '0'), '.') END || CASE WHEN coalesce(unit, '') = '' THEN '' ELSE ' ' || unit END END;
CREATE OR REPLACE MACRO planning.product_error(b, sb, e, se) AS sqrt(b * b * se * se + e * e * sb * sb + sb * sb * se * se);
`
