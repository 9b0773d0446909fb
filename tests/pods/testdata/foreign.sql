--
-- PostgreSQL database dump
--

\restrict dcYUeN4D9cxbcjt0xXnw5YljjgmKCpIZi82qVvKvuaSjN8X3FH1x0cK7atU5goK

-- Dumped from database version 15.18 (Debian 15.18-0+deb12u1)
-- Dumped by pg_dump version 15.18 (Debian 15.18-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: citext; Type: EXTENSION; Schema: -; Owner: -
--

CREATE EXTENSION IF NOT EXISTS citext WITH SCHEMA public;


--
-- Name: EXTENSION citext; Type: COMMENT; Schema: -; Owner: 
--

COMMENT ON EXTENSION citext IS 'ours';


SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: audit; Type: TABLE; Schema: public; Owner: rdsadmin
--

CREATE TABLE public.audit (
    t text
);


ALTER TABLE public.audit OWNER TO rdsadmin;

--
-- Name: goods; Type: TABLE; Schema: public; Owner: shop
--

CREATE TABLE public.goods (
    id integer NOT NULL,
    name public.citext
);


ALTER TABLE public.goods OWNER TO shop;

--
-- Name: goods_id_seq; Type: SEQUENCE; Schema: public; Owner: shop
--

CREATE SEQUENCE public.goods_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


ALTER TABLE public.goods_id_seq OWNER TO shop;

--
-- Name: goods_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: shop
--

ALTER SEQUENCE public.goods_id_seq OWNED BY public.goods.id;


--
-- Name: goods id; Type: DEFAULT; Schema: public; Owner: shop
--

ALTER TABLE ONLY public.goods ALTER COLUMN id SET DEFAULT nextval('public.goods_id_seq'::regclass);


--
-- Data for Name: audit; Type: TABLE DATA; Schema: public; Owner: rdsadmin
--

COPY public.audit (t) FROM stdin;
ALTER TABLE x OWNER TO y;
\.


--
-- Data for Name: goods; Type: TABLE DATA; Schema: public; Owner: shop
--

COPY public.goods (id, name) FROM stdin;
1	g1
2	g2
3	g3
\.


--
-- Name: goods_id_seq; Type: SEQUENCE SET; Schema: public; Owner: shop
--

SELECT pg_catalog.setval('public.goods_id_seq', 500, true);


--
-- Name: goods goods_pkey; Type: CONSTRAINT; Schema: public; Owner: shop
--

ALTER TABLE ONLY public.goods
    ADD CONSTRAINT goods_pkey PRIMARY KEY (id);


--
-- Name: TABLE goods; Type: ACL; Schema: public; Owner: shop
--

GRANT SELECT ON TABLE public.goods TO rdsadmin;


--
-- PostgreSQL database dump complete
--

\unrestrict dcYUeN4D9cxbcjt0xXnw5YljjgmKCpIZi82qVvKvuaSjN8X3FH1x0cK7atU5goK

